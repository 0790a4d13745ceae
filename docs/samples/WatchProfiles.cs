// Shows who uses which profile of this account, and what happens to them, until Enter: JSON-RPC over the broker's pipe with
// StreamJsonRpc (package StreamJsonRpc, .NET 8). Changes nothing, so it needs none of the protocol's rules for holders.
//
// When the service ends the connection the program ends; a longer-lived one connects anew and asks for the list again.
using System;
using System.IO;
using System.IO.Pipes;
using System.Runtime.Versioning;
using System.Security.Principal;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using StreamJsonRpc;

[SupportedOSPlatform("windows")]
internal static class WatchProfiles
{
    private const string PipeName = @"ProtectedPrefix\Administrators\MapiProfileBroker";
    private const int ConnectMilliseconds = 250;

    private static async Task<int> Main()
    {
        // Identification: the service learns who we are, and cannot act as us.
        using var pipe = new NamedPipeClientStream(
            ".", PipeName, PipeDirection.InOut, PipeOptions.Asynchronous, TokenImpersonationLevel.Identification);
        try
        {
            await pipe.ConnectAsync(ConnectMilliseconds);
        }
        catch (TimeoutException)
        {
            Console.Error.WriteLine("The service MapiProfileBroker does not run. Start it: sc.exe start MapiProfileBroker");
            return 3;
        }
        // Before the first byte: only LocalSystem's pipe is the service's.
        var owner = pipe.GetAccessControl().GetOwner(typeof(SecurityIdentifier));
        if (owner is not SecurityIdentifier sid || !sid.IsWellKnown(WellKnownSidType.LocalSystemSid))
        {
            Console.Error.WriteLine("Somebody else has made a pipe of the service's name.");
            return 3;
        }

        using var rpc = new JsonRpc(new HeaderDelimitedMessageHandler(pipe, new JsonMessageFormatter()));
        var onEvent = new Action<JObject>(ShowEvent);
        rpc.AddLocalRpcMethod(onEvent.Method, onEvent.Target,
            new JsonRpcMethodAttribute("broker/event") { UseSingleObjectParameterDeserialization = true });
        rpc.StartListening();
        try
        {
            // Parameters are always an object, never an array: so InvokeWithParameterObjectAsync, not InvokeAsync.
            await rpc.InvokeWithParameterObjectAsync<JObject>("broker/hello", new { client = "WatchProfiles", protocol = 1 });
            await rpc.InvokeWithParameterObjectAsync<JObject>("broker/subscribe", new { });
            var list = await rpc.InvokeWithParameterObjectAsync<JObject>("profile/list", new { });
            foreach (var profile in list["profiles"]!)
            {
                Console.WriteLine($"'{profile["profile"]}': {profile["references"]} references");
                foreach (var holder in profile["holders"]!)
                {
                    Console.WriteLine($"  {holder["image"]}, process {holder["process"]}, session {holder["session"]}");
                }
            }
            await Task.WhenAny(rpc.Completion, Task.Run(Console.ReadLine));
            return 0;
        }
        catch (RemoteInvocationException refusal)
        {
            Console.Error.WriteLine($"Refused: {refusal.Message} (code {refusal.ErrorCode}, {refusal.ErrorData})");
            return 1;
        }
        catch (ConnectionLostException)
        {
            Console.Error.WriteLine("The service has ended the connection.");
            return 3;
        }
    }

    private static void ShowEvent(JObject happened)
    {
        Console.WriteLine($"{happened["time"]} '{happened["profile"]}' {happened["event"]} (process {happened["process"]})");
    }
}
