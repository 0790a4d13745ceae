#!/usr/bin/env bash
# The sample program of docs/mapi-developers.md as a developer would run it: with the installed service, Wine's own mapi32.dll
# and the stand-in provider. It leaves no profile behind, waits for others, and cleans up after its own crash.
#
#   report_sender_test.sh FOLDER     the folder of the Windows programs
set -euo pipefail
export PROFILE_BROKER_WINDOWS_BIN=$1
# shellcheck source=tests/windows/wine_prefix.sh
source "$(dirname "${BASH_SOURCE[0]}")/../windows/wine_prefix.sh"

failures=0
expect() {
  local what=$1
  shift
  if ! "$@"; then
    printf '    FAILED: %s\n' "$what"
    failures=$((failures + 1))
  fi
}
contains() { [[ $2 == *"$1"* ]]; }
profiles='HKCU\Software\Microsoft\Windows NT\CurrentVersion\Windows Messaging Subsystem\Profiles'
profile_exists() { wine reg.exe query "$profiles\\$1" >/dev/null 2>&1; }
profile_gone() { ! profile_exists "$1"; }
# What a program says; that it failed shows in that.
send() { { wine "$windows_bin/report_sender.exe" "$@" </dev/null 2>&1 || true; } | tr -d '\r'; }
answer_of() { { wine "$windows_bin/profile-broker.exe" "$@" 2>&1 || true; } | tr -d '\r'; }

# begin_waiting NAME: the sample at work until its input ends. Its output is the file $WINEPREFIX/NAME.
begin_waiting() {
  mkfifo "$WINEPREFIX/$1.in"
  wine "$windows_bin/report_sender.exe" --wait "$1" <"$WINEPREFIX/$1.in" >"$WINEPREFIX/$1" 2>&1 &
  waiting=$!
  exec {enter}<>"$WINEPREFIX/$1.in"
  wait_until 60 "the sample to work" grep -q 'Enter ends it' "$WINEPREFIX/$1"
}

trap wine_prefix_end EXIT
trap 'exit 130' INT TERM
wine_prefix_begin report_sender
register_mapi_provider "$windows_bin/standin_mapi.dll"
install_service --recovery-seconds 0 >/dev/null

echo "Without the service it does its work, says so, and leaves the deletion to a later run"
said=$(send Tuesday)
expect "it works: $said" contains "worked with profile 'Tuesday'" "$said"
expect "the acquire tells of the missing service" contains 'ProfileBrokerAcquire         0x00040203' "$said"
expect "the profile is still there" profile_exists Tuesday

echo "With the service it cleans up and leaves nothing behind"
start_service
said=$(send Monday)
expect "it has deleted the leftover: $said" contains 'deleted 1 leftover profiles' "$said"
expect "the leftover is gone" profile_gone Tuesday
expect "it works: $said" contains "worked with profile 'Monday'" "$said"
expect "its own profile is gone" profile_gone Monday

echo "As a service it says so to MAPI, and works the same way"
said=$(send --service Monday)
expect "it works: $said" contains "worked with profile 'Monday'" "$said"
expect "its own profile is gone" profile_gone Monday

echo "Of two with one profile the last one deletes it"
begin_waiting Shared
expect "the tool shows it" contains 'report_sender.exe' "$(answer_of holders Shared)"
said=$(send Shared)
expect "the second works: $said" contains "worked with profile 'Shared'" "$said"
expect "the profile is there for the first" profile_exists Shared
echo >&"$enter"
wait "$waiting"
exec {enter}>&-
expect "the first has worked to its end" grep -q "worked with profile 'Shared'" "$WINEPREFIX/Shared"
expect "the profile is gone" profile_gone Shared

echo "After its crash the next run deletes what it left"
begin_waiting Crashed
kill -9 "$waiting"
{ wait "$waiting" || true; } 2>/dev/null
exec {enter}>&-
nobody_holds() { contains 'No process uses' "$(answer_of holders Crashed)"; }
wait_until 60 "the service to see the crash" nobody_holds
expect "the crash has left the profile" profile_exists Crashed
said=$(send Monday)
expect "the next run deletes it: $said" contains 'deleted 1 leftover profiles' "$said"
expect "it is gone" profile_gone Crashed

echo "A wrong command line ends with 2"
code=0
wine "$windows_bin/report_sender.exe" </dev/null >/dev/null 2>&1 || code=$?
expect "exit code 2, not $code" test "$code" = 2

((failures == 0)) || { echo "$failures expectations failed"; exit 1; }
echo "All as expected"
