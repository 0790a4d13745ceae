# The part of docs/windows-checklist.md that needs no second account and no eyes, on real Windows, elevated: installs the
# package, checks what is there, kills the service, removes the package. Numbers are those of the checklist. NOT RUN YET.
#
#   real_windows.ps1 -Package C:\path\MapiProfileBroker-0.1.0-x64.msi
param([Parameter(Mandatory)] [string] $Package)
$ErrorActionPreference = 'Stop'
$service = 'MapiProfileBroker'
$folder = Join-Path $env:ProgramFiles 'MAPI Profile Broker'
$tool = Join-Path $folder 'profile-broker.exe'
$failures = 0

function Expect([string] $What, [scriptblock] $Condition) {
    $holds = try { & $Condition } catch { Write-Host "  $_"; $false }
    if (-not $holds) {
        Write-Host "FAILED: $What"
        $script:failures++
    }
}

function Invoke-Msi([string] $Verb, [string] $Log) {
    $arguments = @($Verb, "`"$Package`"", '/qn', '/l*v', "`"$env:TEMP\broker-$Log.log`"")
    (Start-Process msiexec.exe -ArgumentList $arguments -Wait -PassThru).ExitCode
}

function Wait-Until([scriptblock] $Condition) {
    $deadline = (Get-Date).AddSeconds(60)
    while (-not (& $Condition)) {
        if ((Get-Date) -gt $deadline) { return $false }
        Start-Sleep -Milliseconds 200
    }
    $true
}

function Get-Answer { & $tool status --json | ConvertFrom-Json }

$pathBefore = [Environment]::GetEnvironmentVariable('Path', 'Machine')
Expect 'msiexec installs' { (Invoke-Msi '/i' 'install') -eq 0 }
Expect 'the service answers' { (Get-Answer).version -and $LASTEXITCODE -eq 0 }

# 44 and 23: what the service control manager knows
$configuration = sc.exe qc $service | Out-String
Expect '44: LocalSystem, automatic, path in quotes' {
    $configuration -match 'LocalSystem' -and $configuration -match 'AUTO_START' -and $configuration -notmatch 'DELAYED' -and
    $configuration -match [regex]::Escape("`"$folder\mapi-profile-broker.exe`"")
}
$failureActions = sc.exe qfailure $service | Out-String
Expect '23: restarts after 1, 5 and 60 seconds, counted for a day' {
    $failureActions -match '86400' -and $failureActions -match '= 1000 ' -and $failureActions -match '= 5000 ' -and
    $failureActions -match '= 60000 '
}
Expect '23: also after an error exit' { (sc.exe qfailureflag $service | Out-String) -match 'TRUE' }
Expect '23: a service SID' { (sc.exe qsidtype $service | Out-String) -match 'UNRESTRICTED' }
Expect '23: one privilege' {
    $privileges = [regex]::Matches((sc.exe qprivs $service | Out-String), 'Se\w+Privilege')
    $privileges.Count -eq 1 -and $privileges[0].Value -eq 'SeChangeNotifyPrivilege'
}
Expect '23: 30 seconds for a preshutdown' { (sc.exe qpreshutdown $service | Out-String) -match '30000' }

# 18 and 45: the state folder
$access = Get-Acl (Join-Path $folder 'State')
Expect '18: SYSTEM owns the state folder' { $access.Owner -eq 'NT AUTHORITY\SYSTEM' }
Expect '18: SYSTEM and Administrators only, nothing inherited' {
    $access.AreAccessRulesProtected -and
    -not ($access.Access | Where-Object { $_.IdentityReference -notin 'NT AUTHORITY\SYSTEM', 'BUILTIN\Administrators' })
}

# 36: events have their text
Expect '36: event 100 with its text' {
    (Get-WinEvent -FilterHashtable @{ LogName = 'Application'; ProviderName = $service; Id = 100 } -MaxEvents 1).Message -match
    'has started and listens on'
}

foreach ($file in 'mapi-profile-broker.exe', 'profile-broker.exe', 'mapi-profile-broker-events.dll', 'profile_broker.dll',
    'x86\profile_broker.dll', 'mapi_profile_broker.dll', 'x86\mapi_profile_broker.dll', 'mapi_profile_broker_events.dll') {
    Expect "version of $file" {
        (Get-Item (Join-Path $folder $file)).VersionInfo.ProductVersion -eq (Get-Answer).version
    }
}

# 53: what an administrator's first look says
$findings = (& $tool doctor --json | ConvertFrom-Json).findings
Expect '53: doctor ends with 0' { & $tool doctor | Out-Host; $LASTEXITCODE -eq 0 }
Expect '53: nothing but the missing mail client is wrong' {
    -not ($findings | Where-Object { $_.verdict -ne 'ok' -and $_.check -ne 'mapi' })
}

# 81, without Group Policy: a setting is taken without a word to the service
reg.exe add 'HKLM\SOFTWARE\Policies\MAPI Profile Broker' /v ReferencesPerProcess /t REG_DWORD /d 99 /f /reg:64 | Out-Null
Expect '81: a policy is in force soon' { Wait-Until { (Get-Answer).limits.referencesPerProcess -eq 99 } }
reg.exe delete 'HKLM\SOFTWARE\Policies\MAPI Profile Broker' /f /reg:64 | Out-Null
Expect '81: and not when it is gone' { Wait-Until { (Get-Answer).limits.referencesPerProcess -eq 4096 } }

# 25: a service that is killed comes back and goes through its recovery
$before = (Get-Answer).instance
taskkill.exe /f /im mapi-profile-broker.exe | Out-Null
Expect '25: it is started again' { Wait-Until { (Get-Service $service).Status -eq 'Running' -and (Get-Answer).instance -ne $before } }

# 26: stops are quick
foreach ($i in 1..5) {
    $took = Measure-Command { Stop-Service $service }
    Expect '26: stopped in under two seconds' { $took.TotalSeconds -lt 2 }
    Start-Service $service
}

# 50: removal
Expect 'msiexec removes' { (Invoke-Msi '/x' 'remove') -eq 0 }
Expect '50: no folder' { -not (Test-Path $folder) }
Expect '50: no service' { -not (Get-Service $service -ErrorAction SilentlyContinue) }
Expect '50: no registry keys' {
    -not (Test-Path 'HKLM:\SOFTWARE\MAPI Profile Broker') -and
    -not (Test-Path "HKLM:\SYSTEM\CurrentControlSet\Services\EventLog\Application\$service")
}
Expect '50: PATH as before' { [Environment]::GetEnvironmentVariable('Path', 'Machine') -eq $pathBefore }

if ($failures -gt 0) {
    Write-Host "$failures expectations failed"
    exit 1
}
Write-Host 'All as expected'
