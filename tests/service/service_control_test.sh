#!/usr/bin/env bash
# The service under a real service control manager, with the real sc.exe and net.exe: its states, its exit codes, what
# it remembers over a stop and over a kill. Wine's manager never restarts a service and sends no shutdown; those are in
# docs/windows-checklist.md.
#
#   service_control_test.sh FOLDER     the folder of the Windows programs
set -euo pipefail
export PROFILE_BROKER_WINDOWS_BIN=$1
# shellcheck source=tests/windows/wine_prefix.sh
source "$(dirname "${BASH_SOURCE[0]}")/../windows/wine_prefix.sh"
export WINEDEBUG=-all,+eventlog,fixme+advapi  # Wine's event log is this trace: numbers and inserts

pipe='\\.\pipe\ProtectedPrefix\Administrators\MapiProfileBroker'
program=$(windows_path "$windows_bin/mapi-profile-broker.exe")
failures=0

begin() { printf '%s\n' "$1"; }
expect() {
  local what=$1
  shift
  if ! "$@"; then
    printf '    FAILED: %s\n' "$what"
    failures=$((failures + 1))
  fi
}
contains() { [[ $2 == *"$1"* ]]; }
equals() { [[ $1 == "$2" ]]; }

# create NAME STATE ARGUMENTS...: a service of this program; sc.exe's own words stay out of the way.
create() {
  local name=$1 state=$2
  shift 2
  wine sc.exe create "$name" binPath= "\"$program\" --state \"$state\"${*:+ $*}" >/dev/null
}
state_of() { wine sc.exe query "$1" | sed -n 's/^ *STATE *: *[0-9]* *\([A-Z_]*\).*/\1/p'; }
is_in_state() { [[ $(state_of "$1") == "$2" ]]; }
start() { wine sc.exe start "$1" >/dev/null || true; }
start_and_wait() {
  start "$1"
  wait_until 20 "$1 to run" is_in_state "$1" RUNNING
}
stop_and_wait() {
  wine sc.exe stop "$1" >/dev/null
  wait_until 20 "$1 to stop" is_in_state "$1" STOPPED
}
exit_codes_of() {
  wine sc.exe query "$1" | tr -d '\r' | sed -n 's/^ *\(WIN32\|SERVICE\)_EXIT_CODE *: *\([0-9]*\).*/\2/p' | tr '\n' ' '
}
# expect_start_failure NAME CODE: it stops by itself, with 1066 (service-specific) and its own code.
expect_start_failure() {
  start "$1"
  wait_until 20 "$1 to stop by itself" is_in_state "$1" STOPPED
  expect "$1 ends with the service-specific code $2, not with '$(exit_codes_of "$1")'" \
    equals "$(exit_codes_of "$1")" "1066 $2 "
}

request() { printf '{"jsonrpc":"2.0","id":1,"method":"%s","params":%s}' "$1" "$2"; }
call() { wine "$windows_bin/pipe_client.exe" call "$pipe" "$(request "$1" "$2")" </dev/null; }
references() { call profile/query "{\"profile\":\"$1\"}" | sed -n 's/.*"references":\([0-9]*\).*/\1/p'; }
event_log_has() { grep -qF "$1" "$events"; }
# event_written ID: by its number in the message file, of whatever level.
event_written() { grep -qiE "ReportEventW \(.*,0x[4-9a-c]000$(printf '%04x' "$1")," "$events"; }

# doctor: what it says, as a page and as JSON, and its exit code. Whatever it finds wrong has advice.
doctor() {
  code=0
  found=$(wine "$windows_bin/profile-broker.exe" doctor 2>/dev/null </dev/null | tr -d '\r') || true
  json=$(wine "$windows_bin/profile-broker.exe" doctor --json 2>/dev/null </dev/null) || code=$?
  expect "each finding says what to do" negate \
    grep -qE '"advice": ""' <(grep -A 2 -E '"verdict": "(warning|problem)"' <<<"$json")
}
negate() { ! "$@"; }
# expect_finding VERDICT CHECK WORDS: of the last doctor.
expect_finding() {
  expect "doctor: $1 $2: $3"$'\n'"$found" grep -qE "^$1 +$2 +.*$3" <<<"$found"
}

trap wine_prefix_end EXIT
trap 'exit 130' INT TERM
wine_prefix_begin service_control_test
events=$WINEPREFIX/events
# Services write where the prefix's first program wrote.
wine cmd.exe /c ver >/dev/null 2>"$events"

begin "Started by hand, the program says what to do and ends with 30"
code=0
said=$(wine "$program" 2>&1 </dev/null) || code=$?
expect "exit code 30, not $code" equals "$code" 30
expect "it names sc.exe start" contains "sc.exe start MapiProfileBroker" "$said"
expect "it names --console" contains "--console" "$said"
expect "it made no state folder" test ! -e "$windows_bin/State"

begin "doctor says that there is no service"
doctor
expect "exit code 1, not $code" equals "$code" 1
expect_finding WARNING installation 'no package is installed'
expect_finding PROBLEM service 'MapiProfileBroker is not installed'
expect_finding PROBLEM endpoint 'nobody listens'
expect_finding WARNING 'event source' 'is not registered'
expect_finding WARNING mapi 'no MAPI can be used'

begin "--configure sets an installed service up, and says when there is none"
code=0
said=$(wine "$program" --configure 2>&1 </dev/null) || code=$?
expect "exit code 32 without a service, not $code" equals "$code" 32
expect "it names the service: $said" contains "service MapiProfileBroker cannot be changed" "$said"
expect "and so does the event log" contains ",0x80000070," "$said"  # event 112
wine sc.exe create MapiProfileBroker binPath= "$program --verbose" >/dev/null
code=0
said=$(wine "$program" --configure 2>&1 </dev/null) || code=$?
expect "exit code 0 with a service, not $code" equals "$code" 0
expect "it says what it did: $said" contains "path in quotes: set" "$said"
expect "and what this service control manager does not know" contains "service SID: not set" "$said"
path=$(wine reg.exe query 'HKLM\SYSTEM\CurrentControlSet\Services\MapiProfileBroker' /v ImagePath | tr -d '\r')
expect "the path is in quotes, its arguments are not: $path" contains "\"$program\" --verbose" "$path"
wine sc.exe delete MapiProfileBroker >/dev/null
rm -rf "$windows_bin/State"

begin "Created and started, the service is RUNNING only when clients can connect"
create MapiProfileBroker 'C:\Broker\State' --connections-per-user 200
start_and_wait MapiProfileBroker
expect "it answers" contains '"protocol":1' "$(call broker/hello '{}')"
expect "the event log has its start" event_written 100
expect "with the pipe's name inserted" event_log_has 'ReportEventW L"\\\\.\\pipe'

begin "doctor finds it in order, but for what an installation would have done"
doctor
expect "exit code 0, not $code" equals "$code" 0
expect_finding WARNING service 'is running; it does not start with Windows'
expect_finding OK endpoint 'belongs to LocalSystem'
expect_finding OK journal 'can write its journal'
expect_finding OK 'acquire and release' 'can acquire and release'

begin "net stop and net start do as sc.exe does"
wine net.exe stop MapiProfileBroker >/dev/null
wait_until 20 "the service to stop" is_in_state MapiProfileBroker STOPPED
doctor
expect "doctor's exit code without the service is 1, not $code" equals "$code" 1
expect_finding PROBLEM service 'is stopped'
expect "it says how to start it" contains "sc.exe start MapiProfileBroker" "$found"
coproc squatter { exec wine "$windows_bin/pipe_client.exe" squat "$pipe" 'O:BAD:(A;;GA;;;WD)' 2>/dev/null; }
IFS= read -r -t 20 said <&"${squatter[0]}"
doctor
expect "doctor's exit code with another's pipe is 1, not $code" equals "$code" 1
expect_finding PROBLEM endpoint 'belongs to .*, not to LocalSystem'
expect_finding PROBLEM answer 'nothing was sent to it'
# shellcheck disable=SC2154  # coproc sets it
squatter_process=$squatter_PID
{ kill -9 "$squatter_process" && wait "$squatter_process"; } 2>/dev/null || true
wait_until 20 "the pipe to go" no_process pipe_client.exe
expect "it stopped without an error" equals "$(exit_codes_of MapiProfileBroker)" "0 0 "
expect "the event log has its stop" event_written 101
wine net.exe start MapiProfileBroker >/dev/null
wait_until 20 "the service to run" is_in_state MapiProfileBroker RUNNING
expect "it answers" contains '"protocol":1' "$(call broker/hello '{}')"

begin "A reference survives a stop and a kill of the service, and ends with its process"
coproc holder {
  exec wine "$windows_bin/pipe_client.exe" call "$pipe" \
    "$(request reference/acquire '{"profile":"Alpha","temporary":true}')" 2>/dev/null
}
IFS= read -r -t 20 acquired <&"${holder[0]}"
expect "it was acquired: $acquired" contains '"references":1' "$acquired"
stop_and_wait MapiProfileBroker
start_and_wait MapiProfileBroker
expect "one reference after a stop and a start" equals "$(references Alpha)" 1
kill_service
start_and_wait MapiProfileBroker
expect "the event log has the recovery" event_written 102
expect "and that deletions wait" event_written 103
expect "one reference after a kill and a start" equals "$(references Alpha)" 1
expect "the profile is still temporary" contains '"temporary":true' "$(call profile/query '{"profile":"Alpha"}')"
expect "and kept by a sweep" contains '"removals":[]' "$(call profile/sweep '{"profiles":["Alpha"]}')"
# shellcheck disable=SC2154  # coproc sets it
holder_process=$holder_PID
{ kill -9 "$holder_process" && wait "$holder_process"; } 2>/dev/null || true
no_reference() { [[ $(references Alpha) == 0 ]]; }
expect "no reference once the holder is killed" wait_until 20 "the reference to end" no_reference

begin "Settings are in force soon after a change; the command line overrules them, and Group Policy overrules both"
settings='HKLM\SOFTWARE\MAPI Profile Broker' policies='HKLM\SOFTWARE\Policies\MAPI Profile Broker'
set_number() { wine reg.exe add "$1" /v "$2" /t REG_DWORD /d "$3" /f /reg:64 >/dev/null; }
times_read() { grep -ciE "ReportEventW \\(.*,0x[4-9a-c]000$(printf '%04x' 106)," "$events" || true; }
limit_is() { contains "\"$1\":$2," "$(call broker/status '{}')"; }
has_limit() { expect "$1 is $2" limit_is "$1" "$2"; }
gets_limit() { expect "$1 becomes $2" wait_until 20 "$1 to be $2" limit_is "$1" "$2"; }
set_number "$settings" ReferencesPerProcess 77  # the key is new, too
gets_limit referencesPerProcess 77
set_number "$settings" ConnectionsPerUser 55
set_number "$settings" RecoverySeconds 30
gets_limit recoverySeconds 30
has_limit connectionsPerUser 200  # --connections-per-user
set_number "$policies" ReferencesPerProcess 88
set_number "$policies" ConnectionsPerUser 66
gets_limit connectionsPerUser 66
gets_limit referencesPerProcess 88
has_limit recoverySeconds 30  # the policy says nothing about it
wine reg.exe delete "$policies" /f /reg:64 >/dev/null
gets_limit referencesPerProcess 77
set_number "$policies" ConnectionsPerUser 67
gets_limit connectionsPerUser 67
wine reg.exe delete "$settings" /v RecoverySeconds /f /reg:64 >/dev/null
gets_limit recoverySeconds 10
expect "the event log tells of it" event_written 106

begin "What is no change is no event; PARAMCHANGE has everything read in any case"
# When it returns, this and every earlier reading is in the event log.
read_now() { expect "PARAMCHANGE (6) is accepted" wine "$windows_bin/send_control.exe" MapiProfileBroker 6; }
read_now
before=$(times_read)
set_number "$settings" ReferencesPerProcess 77
set_number "$settings\\Installation" Nothing 1
set_number "$settings" ReferencesPerProcess 78
gets_limit referencesPerProcess 78
read_now
times=$(($(times_read) - before))
expect "one event for the change and one for PARAMCHANGE, not $times" equals "$times" 2

recovery_is_over() { event_written 104; }
expect "the event log has had the recovery's end" wait_until 20 "the recovery to end" recovery_is_over

begin "A wrong setting is said in the event log, and does no harm"
set_number "$settings" ReferencePerUser 5
wine reg.exe add "$settings" /v ProfilesPerUser /t REG_SZ /d many /f /reg:64 >/dev/null
set_number "$settings" ReferencesPerProcess 2000000
gets_limit referencesPerProcess 1000000
expect "the event log has a wrong setting" event_written 107
expect "what is out of range" event_log_has 'is 2000000, outside 1 to 1000000; 1000000 is used'
expect "what is no number" event_log_has 'ProfilesPerUser of HKLM\\SOFTWARE\\MAPI Profile Broker is no DWORD'
expect "what is misspelled" event_log_has 'ReferencePerUser of HKLM\\SOFTWARE\\MAPI Profile Broker is no setting'
has_limit profilesPerUser 65536
wine reg.exe delete "$settings" /f /reg:64 >/dev/null
wine reg.exe delete "$policies" /f /reg:64 >/dev/null
gets_limit referencesPerProcess 4096

begin "The commands of docs/administration.md that set a value do what they say"
mapfile -t commands < <(sed -n 's/^ *\(reg\.exe add .*\)$/\1/p' "$(dirname "${BASH_SOURCE[0]}")/../../docs/administration.md")
expect "there are commands on the page" test "${#commands[@]}" -ge 7
printf '%s\r\n' '@echo off' "${commands[@]}" >"$WINEPREFIX/drive_c/settings.bat"
wine cmd.exe /c 'C:\settings.bat' >/dev/null
for command in "${commands[@]}"; do
  name=$(sed 's/.* \/v \([A-Za-z]*\) .*/\1/' <<<"$command") value=$(sed 's/.* \/d \([0-9]*\) .*/\1/' <<<"$command")
  [[ $name == ConnectionsPerUser ]] || gets_limit "${name,}" "$value"  # --connections-per-user overrules it
done
wine reg.exe delete "$settings" /f /reg:64 >/dev/null

begin "Other controls"
expect "INTERROGATE (4) is accepted" wine "$windows_bin/send_control.exe" MapiProfileBroker 4
expect "an unknown control (200) does no harm" contains '"protocol":1' \
  "$(wine "$windows_bin/send_control.exe" MapiProfileBroker 200 >/dev/null; call broker/hello '{}')"

begin "A start that fails ends with a code of its own and a line in the event log"
create SameState 'C:\Broker\State' '--endpoint \\.\pipe\other'
expect_start_failure SameState 11
expect "the event log has the failure" event_written 105
expect "the event log names the folder" event_log_has 'Another broker works on the state folder'
create SamePipe 'C:\Other\State'
expect_start_failure SamePipe 20
expect "the event log names the pipe's owner" event_log_has 'S-1-5-18'
create BadOption 'C:\Third\State' --bogus
expect_start_failure BadOption 2
create BadFolder 'C:\windows\win.ini'
expect_start_failure BadFolder 10
create BadPipe 'C:\Fourth\State' --endpoint nonsense
expect_start_failure BadPipe 21
expect "the first broker goes on" contains '"protocol":1' "$(call broker/hello '{}')"

begin "A stop under load ends in order"
storm() {
  while [[ ! -e $WINEPREFIX/calm ]]; do
    call reference/acquire '{"profile":"Storm"}' >/dev/null 2>&1 || true
  done
}
storm & first=$!
storm & second=$!
served() { contains 'Storm' "$(call profile/list '{}')"; }
wait_until 20 "the load to arrive" served
stop_and_wait MapiProfileBroker
expect "without an error" equals "$(exit_codes_of MapiProfileBroker)" "0 0 "
touch "$WINEPREFIX/calm"
wait "$first" "$second"
wait_until 20 "the process to end" no_process mapi-profile-broker.exe

begin "In a terminal it serves until Ctrl+C, which is as orderly as a stop"
wine "$program" --console --state 'C:\Broker\State' 2>"$WINEPREFIX/console" </dev/null &
console=$!
console_says() { grep -q "$1" "$WINEPREFIX/console"; }
wait_until 20 "the console to listen" console_says 'listens on'
expect "it answers" contains '"protocol":1' "$(call broker/hello '{}')"
kill -INT "$console"  # Wine makes Ctrl+C of it
code=0
wait "$console" || code=$?
expect "exit code 0, not $code" equals "$code" 0
expect "it says that it stopped" console_says 'stopped'

begin "In a terminal, a start that fails ends with its code and says why"
start_and_wait MapiProfileBroker
code=0
said=$(wine "$program" --console --state 'C:\Broker\State' 2>&1 </dev/null) || code=$?
expect "exit code 11, not $code" equals "$code" 11
expect "it names the folder: $said" contains 'C:\Broker\State' "$said"
stop_and_wait MapiProfileBroker

if ((failures > 0)); then
  echo "$failures expectations failed; the event log was:"
  cat "$events"
  exit 1
fi
echo "All as expected"
