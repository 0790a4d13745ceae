#!/usr/bin/env bash
# A routed program whose real MAPI cannot be had: a broken, missing, wrong-bitness, self-referencing or unnamed provider
# gives MAPI's own documented error and one line in the event log, which Wine shows as a trace of ReportEventW only.
set -euo pipefail
# shellcheck source=tests/windows/wine_prefix.sh
source "$(dirname "${BASH_SOURCE[0]}")/../wine_prefix.sh"

trap wine_prefix_end EXIT
trap 'exit 130' INT TERM
wine_prefix_begin mapi-provider-problems

failures=0
broker() { wine "$windows_bin/profile-broker.exe" "$@" 2>&1 | tr -d '\r'; }

# The wineserver starts with the first command; the trace is the program's own.
run_program() {
  printf 'initialize\nlogon Report\ninitialize\nquit\n' |
    WINEDEBUG=-all,+eventlog wine "$windows_bin/mapi_program_today.exe" 2>"$WINEPREFIX/trace" | tr -d '\r'
}

# expect WHAT REASON: MAPIInitialize fails as documented, and the log has one event, with the program and that reason.
expect() {
  local output lines
  output=$(run_program)
  lines=$(grep -c 'ReportEventW L"' "$WINEPREFIX/trace" || true)
  if [[ $(grep -c 'initialize: MAPIInitialize MAPI_E_NOT_INITIALIZED' <<<"$output") == 2 ]] &&
    grep -q 'logon: MAPILogonEx "Report" MAPI_E_NOT_INITIALIZED' <<<"$output" &&
    [[ $lines == 2 ]] && grep -q 'mapi_program_today.exe (process' "$WINEPREFIX/trace" && grep -qF "$2" "$WINEPREFIX/trace"; then
    echo "ok: $1"
  else
    printf 'FAILED: %s; %s inserts in the log, expected two, the second with "%s"\n%s\n' "$1" "$lines" "$2" "$output" >&2
    grep -F 'ReportEventW' "$WINEPREFIX/trace" >&2 || true
    failures=$((failures + 1))
  fi
}

client='HKLM\Software\Clients\Mail'
name_provider() { wine reg.exe add "$client\\Stand-in MAPI" /v DLLPathEx /d "$1" /f >/dev/null; }
own_settings='HKLM\Software\MAPI Profile Broker\MAPI Client'
policies='HKLM\Software\Policies\MAPI Profile Broker\MAPI Client'
configure_provider() { wine reg.exe add "$own_settings" /v ProviderPath /t REG_EXPAND_SZ /d "$1" /f >/dev/null; }
# set_policy VALUE PATH
set_policy() { wine reg.exe add "$policies" /v "$1" /t REG_EXPAND_SZ /d "$2" /f /reg:64 >/dev/null; }

# succeed WHAT PATTERN COMMAND...: the command's output has the pattern.
succeed() {
  local output
  output=$("${@:3}")
  if grep -q "$2" <<<"$output"; then
    echo "ok: $1"
  else
    printf 'FAILED: %s: expected %s in:\n%s\n' "$1" "$2" "$output" >&2
    failures=$((failures + 1))
  fi
}

register_mapi_provider "$windows_bin/standin_mapi.dll"
broker mapi enable --default >/dev/null

name_provider 'C:\nowhere\mapi.dll'
expect 'a missing provider' 'there is no such file'

printf 'not a program' >"$WINEPREFIX/drive_c/broken.dll"
name_provider 'C:\broken.dll'
expect 'a broken provider' 'the file is not a DLL, or damaged'

head -c 8192 "$windows_bin/standin_mapi.dll" >"$WINEPREFIX/drive_c/cut.dll"
name_provider 'C:\cut.dll'
expect 'a provider that is cut short' "'C:\\\\cut.dll'"

# The headers of an x86 DLL, which say what counts.
{ head -c 8192 "$windows_bin/standin_mapi.dll"; } >"$WINEPREFIX/drive_c/x86.dll"
at=$(od -An -tu4 -j60 -N4 "$WINEPREFIX/drive_c/x86.dll" | tr -d ' ')
printf '\x4c\x01' | dd of="$WINEPREFIX/drive_c/x86.dll" bs=1 seek=$((at + 4)) conv=notrunc status=none
name_provider 'C:\x86.dll'
expect 'a provider of the wrong bitness' 'it is 32-bit, and the program is 64-bit (x64)'

name_provider "$(windows_path "$windows_bin/mapi_profile_broker.dll")"
expect 'a provider that is this DLL' ': that is the MAPI Profile Broker'  # Wine cuts long lines

cp "$windows_bin/mapi_profile_broker.dll" "$WINEPREFIX/drive_c/copy.dll"
name_provider 'C:\copy.dll'
expect 'a provider that is a renamed copy of this DLL' "copy of the MAPI Profile Broker's own DLL"

name_provider 'C:\windows\system32\mapi32.dll'
expect 'a provider that is the dispatcher' "Windows' dispatcher"

wine reg.exe delete "$client\\Stand-in MAPI" /v DLLPathEx /f >/dev/null
expect 'a client without a provider' "names no MAPI"

configure_provider 'C:\configured.dll'
expect 'a configured provider that is missing' "'C:\\\\configured.dll', which comes from ProviderPath"

# Back in order, the program has its MAPI with its next start.
configure_provider "$(windows_path "$windows_bin/standin_mapi.dll")"
succeed 'a repaired provider' 'initialize: MAPIInitialize S_OK' run_program

# Group Policy wins, for each bitness by a value of its own.
set_policy ProviderPathX86 'C:\policy86.dll'
succeed "a policy for the other bitness is the other one's" 'initialize: MAPIInitialize S_OK' run_program
set_policy ProviderPath '%SystemDrive%\policy.dll'
expect 'a provider that Group Policy names and that is missing' "'C:\\\\policy.dll', which comes from Group Policy's ProviderPath"
broker mapi enable OLD.EXE >/dev/null
succeed "a 64-bit program goes on to the policy's" "OLD.EXE *x64 *C:.policy.dll (Group Policy's ProviderPath in" broker mapi list
succeed "a 32-bit program goes on to the policy's, too" '"path": "C:..policy86.dll"' broker mapi list --json
succeed 'the list says what to do about it' 'name another' broker mapi list
succeed 'whoever names another provider is told' 'note: x64 programs go on to C:.policy.dll nevertheless: Group Policy' \
  broker mapi enable OLD.EXE --provider "$(windows_path "$windows_bin/standin_mapi.dll")"
exit $((failures > 0))
