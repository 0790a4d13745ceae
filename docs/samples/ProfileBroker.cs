// The client library for .NET, by P/Invoke: Windows, .NET Framework 4.6.2 and later and .NET. One file, free to copy. The
// DLL must have the bitness of the process; put it beside the program, or its folder on PATH.
//
// Microsoft does not support MAPI in managed code (KB 813349). What is managed here calls no MAPI; but when a release or a
// sweep deletes a profile, the library calls IProfAdmin::DeleteProfile in this process, in native code.
using System;
using System.Runtime.InteropServices;
using System.Text;

namespace MapiProfileBroker
{
    // A result of the library that is no success. HResult is one of those in profile_broker/client.h.
    public sealed class ProfileBrokerException : Exception
    {
        public ProfileBrokerException(int result, string text) : base(text)
        {
            HResult = result;
        }
    }

    // One use of a profile by this process, until Dispose or the process's end. There is no finalizer on purpose: releasing
    // may delete the profile through MAPI, and the finalizer's thread is no place for that.
    public sealed class ProfileReference : IDisposable
    {
        private IntPtr reference;

        // Before the MAPI logon. temporary: delete the profile when its last reference ends.
        public ProfileReference(string profile, bool temporary = false)
        {
            int result = Native.ProfileBrokerAcquireW(profile, temporary ? Native.Temporary : 0, out reference);
            Registered = result != Native.NoService;
            Broker.Check(result);
        }

        // False: the service did not answer at that moment; the profile is protected within the account, and the service is
        // told as soon as it answers.
        public bool Registered { get; }

        // After the MAPI logoff.
        public void Dispose()
        {
            IntPtr ending = reference;
            reference = IntPtr.Zero;
            Broker.Check(Native.ProfileBrokerRelease(ending));
        }
    }

    public static class Broker
    {
        // Instead of IProfAdmin::DeleteProfile. True: the deletion waits for the profile's last user.
        public static bool DeleteProfile(string profile)
        {
            int deferred;
            Check(Native.ProfileBrokerDeleteProfileW(profile, out deferred));
            return deferred != 0;
        }

        // How many processes' references the profile has in all sessions of this account.
        public static int CountReferences(string profile)
        {
            var usage = new Native.Usage { Size = (uint)Marshal.SizeOf(typeof(Native.Usage)) };
            Check(Native.ProfileBrokerQueryW(profile, ref usage));
            return (int)usage.References;
        }

        // After MAPI was initialised: deletes what crashed programs of this account left behind.
        public static int Sweep()
        {
            uint removed;
            Check(Native.ProfileBrokerSweep(out removed));
            return (int)removed;
        }

        internal static void Check(int result)
        {
            if (result >= 0)
            {
                return;
            }
            var text = new StringBuilder(512);
            Native.ProfileBrokerErrorTextW(result, text, (uint)text.Capacity);
            throw new ProfileBrokerException(result, text.ToString());
        }
    }

    internal static class Native
    {
        internal const uint Temporary = 1;
        internal const int NoService = 0x00040203; // MAPI_W_NO_SERVICE, a success

        // PROFILE_BROKER_USAGE
        [StructLayout(LayoutKind.Sequential)]
        internal struct Usage
        {
            public uint Size;
            public uint References;
            public int InUse;
            public int Temporary;
            public int DeletionDeferred;
            public int BeingRemoved;
            public uint OwnReferences;
        }

        private const string Library = "profile_broker.dll";

        [DllImport(Library, CharSet = CharSet.Unicode, ExactSpelling = true)]
        internal static extern int ProfileBrokerAcquireW(string profile, uint flags, out IntPtr reference);

        [DllImport(Library, ExactSpelling = true)]
        internal static extern int ProfileBrokerRelease(IntPtr reference);

        [DllImport(Library, CharSet = CharSet.Unicode, ExactSpelling = true)]
        internal static extern int ProfileBrokerDeleteProfileW(string profile, out int deferred);

        [DllImport(Library, CharSet = CharSet.Unicode, ExactSpelling = true)]
        internal static extern int ProfileBrokerQueryW(string profile, ref Usage usage);

        [DllImport(Library, ExactSpelling = true)]
        internal static extern int ProfileBrokerSweep(out uint removed);

        [DllImport(Library, CharSet = CharSet.Unicode, ExactSpelling = true)]
        internal static extern int ProfileBrokerErrorTextW(int result, StringBuilder text, uint size);
    }
}
