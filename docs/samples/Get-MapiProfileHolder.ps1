<#
.SYNOPSIS
Lists the processes that use MAPI profiles, as objects, straight from the broker's pipe.

.DESCRIPTION
Windows PowerShell 5.1 and PowerShell 7 on Windows. Only looks; changes nothing. Ends with an error when the service does not
run, or when the pipe is not the service's.

.PARAMETER All
Of all accounts; needs an elevated prompt.

.EXAMPLE
.\Get-MapiProfileHolder.ps1 -All | Sort-Object Since | Format-Table
#>
param([switch] $All)
$ErrorActionPreference = 'Stop'

function Read-Bytes([System.IO.Stream] $Stream, [int] $Count) {
    $bytes = New-Object byte[] $Count
    $have = 0
    while ($have -lt $Count) {
        $read = $Stream.Read($bytes, $have, $Count - $have)
        if ($read -eq 0) { throw 'The service has ended the connection.' }
        $have += $read
    }
    , $bytes  # the comma keeps it one array
}

# One request, one answer. Params is a hashtable: the protocol knows no arrays there.
function Invoke-Broker([System.IO.Stream] $Stream, [string] $Method, [hashtable] $Params = @{}) {
    $script:id++
    $request = @{ jsonrpc = '2.0'; id = $script:id; method = $Method; params = $Params }
    $body = [Text.Encoding]::UTF8.GetBytes((ConvertTo-Json $request -Compress -Depth 8))
    $header = [Text.Encoding]::ASCII.GetBytes("Content-Length: $($body.Length)`r`n`r`n")
    $frame = [byte[]] ($header + $body)
    $Stream.Write($frame, 0, $frame.Length)
    $Stream.Flush()

    $head = ''
    while (-not $head.EndsWith("`r`n`r`n")) {
        $head += [char] (Read-Bytes $Stream 1)[0]
    }
    if ($head -notmatch '(?im)^Content-Length:[ \t]*(\d+)') { throw "The answer has no length: $head" }
    $answer = [Text.Encoding]::UTF8.GetString((Read-Bytes $Stream ([int] $Matches[1]))) | ConvertFrom-Json
    if ($answer.PSObject.Properties['error']) {
        throw "$($answer.error.message) ($($answer.error.data.reason))"
    }
    $answer.result
}

$pipe = New-Object System.IO.Pipes.NamedPipeClientStream('.', 'ProtectedPrefix\Administrators\MapiProfileBroker',
    [System.IO.Pipes.PipeDirection]::InOut, [System.IO.Pipes.PipeOptions]::None,
    [System.Security.Principal.TokenImpersonationLevel]::Identification)
try {
    try {
        $pipe.Connect(250)
    } catch [TimeoutException] {
        throw 'The service MapiProfileBroker does not run. Start it: sc.exe start MapiProfileBroker'
    }
    # Before the first byte: only LocalSystem's pipe is the service's.
    $security = if ($PSVersionTable.PSEdition -eq 'Core') {
        [System.IO.Pipes.PipesAclExtensions]::GetAccessControl($pipe)
    } else {
        $pipe.GetAccessControl()
    }
    if ($security.GetOwner([System.Security.Principal.SecurityIdentifier]).Value -ne 'S-1-5-18') {
        throw 'Somebody else has made a pipe of the service''s name.'
    }

    $script:id = 0
    $list = Invoke-Broker $pipe 'profile/list' @{ all = [bool] $All }
    foreach ($entry in $list.profiles) {
        foreach ($holder in $entry.holders) {
            [pscustomobject] @{
                Profile = $entry.profile
                Account = $entry.hive
                Session = $holder.session
                Process = $holder.process
                Image = $holder.image
                Since = $holder.since
                Deferred = $entry.deletionDeferred
            }
        }
    }
} finally {
    $pipe.Dispose()
}
