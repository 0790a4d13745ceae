#!/usr/bin/env bash
# The main job of the MAPI Profile Broker, played for real: Windows processes in two Terminal Services sessions of one
# account, the real registry, Wine's own mapi32.dll with a stand-in provider that has the fault of KB 818861, and the
# service under the real service control manager. `./dev demo` builds what it needs and calls it.
#
# Exit code: 0 when every act went as it must, else 1.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/support/progress.sh
source "$here/../support/progress.sh"
# shellcheck source=tests/windows/wine_prefix.sh
source "$here/wine_prefix.sh"
# shellcheck source=tests/windows/stage.sh
source "$here/stage.sh"

readonly profile='Night Report'
readonly today=mapi_program_today with_broker=mapi_program_with_broker
readonly recovery_seconds=2  # 10 by default; how long a restarted service grants no deletion

trap wine_prefix_end EXIT
trap 'exit 130' INT TERM

prepare() {
  # Not in a step: the prefix's name is to be exported to this shell.
  step "$wine_home/template.log" "Wine prefix" wine_template
  wine_prefix_begin demo
  register_mapi_provider "$windows_bin/standin_mapi.dll"
}

# What every program of this kind does: a dynamic profile, made for one run and deleted at once after the logon.
log_on_with_dynamic_profile() {
  enter "$1" "$2"
  tell "$1" initialize
  tell "$1" "create $profile"
  tell "$1" "logon $profile"
  tell "$1" 'write figures of Monday'
}

session_2_reads_and_writes() {
  tell 'session 2' read
  expect "$1 session 2 reads its profile" answered "PR_PROFILE_NAME \"$profile\"; PR_COMMENT \"figures of"
  tell 'session 2' "write figures of $2"
  expect "$1 session 2 writes its profile" answered 'S_OK'
}

profile_is_gone() { ! registry_has Profiles "$profile" && ! registry_has 'Deleted Profiles' "$profile"; }

act_a() {
  heading '(a) Without the library: the bug' \
    "session 2's last read, after session 3 of the same account has merely initialised MAPI."
  log_on_with_dynamic_profile 'session 2' $today
  tell 'session 2' delete
  tell 'session 2' read
  expect 'session 2 reads the profile that MAPI has set aside for it' answered '"figures of Monday"'
  show_registry 'before session 3 comes'
  enter 'session 3' $today
  tell 'session 3' initialize
  show_registry 'after session 3 has initialised MAPI'
  expect_not 'the profile is gone from the registry' registry_has 'Deleted Profiles' "$profile"
  tell 'session 2' read
  expect 'session 2 has lost its profile: ERROR_KEY_DELETED' answered 'Win32 1018 ERROR_KEY_DELETED'
  leave 'session 2'
  leave 'session 3'
}

act_b() {
  heading '(b) With the library: the profile outlives session 3' \
    'session 3 initialises, sweeps and deletes; session 2 goes on; its logoff deletes the profile.'
  log_on_with_dynamic_profile 'session 2' $with_broker
  tell 'session 2' delete
  expect 'the deletion waits for the last reference' answered 'deferred'
  show_registry 'before session 3 comes'
  show_broker list
  enter 'session 3' $with_broker
  tell 'session 3' initialize
  tell 'session 3' sweep
  expect 'the sweep of session 3 removes nothing' answered 'leftovers removed: 0'
  tell 'session 3' "delete $profile"
  expect 'the deletion by session 3 is deferred' answered 'deferred'
  session_2_reads_and_writes 'after all that' Tuesday
  tell 'session 2' logoff
  show_registry 'after session 2 has logged off'
  expect 'the profile is deleted from the registry' profile_is_gone
  leave 'session 2'
  leave 'session 3'
}

holder_is_gone() { broker query "$profile" --json | grep -qE '"inUse": ?false'; }

act_c() {
  heading '(c) The holder is killed: the next sweep removes the leftover' \
    "the number of leftovers that session 3's sweep removes."
  log_on_with_dynamic_profile 'session 2' $with_broker
  kill_actor 'session 2'
  expect 'the broker sees the end of the process' wait_until 10 'the end of the reference' holder_is_gone
  expect 'the crash has left the profile in the registry' registry_has Profiles "$profile"
  show_registry 'after the crash'
  enter 'session 3' $with_broker
  tell 'session 3' initialize
  expect 'the sweep removes it' answered 'leftovers removed: 1'
  show_registry 'after the sweep'
  expect 'the profile is deleted from the registry' profile_is_gone
  leave 'session 3'
}

recovered() { broker status --json | grep -qE '"recovering": ?false'; }

# Session 3 does its worst, whatever state the service is in.
session_3_attacks() {
  enter 'session 3' $with_broker
  tell 'session 3' initialize
  tell 'session 3' "delete $profile"
  expect "$1 the deletion by session 3 is deferred" answered 'deferred'
  leave 'session 3'
}

act_d() {
  heading '(d) The service stops, starts, is killed and starts again' \
    'session 2, which uses its profile all the time and never notices.'
  log_on_with_dynamic_profile 'session 2' $with_broker
  stop_service
  note service "sc.exe stop: $(service_state)"
  session_3_attacks 'while the service is stopped,'
  session_2_reads_and_writes 'while it is stopped,' Wednesday
  start_service
  note service "sc.exe start: $(service_state)"
  session_3_attacks 'after the start,'
  session_2_reads_and_writes 'after the start,' Thursday
  kill_service
  note service 'killed (kill -9)'
  start_service
  note service "sc.exe start: $(service_state)"
  session_3_attacks 'after the crash,'
  session_2_reads_and_writes 'after the crash,' Friday
  show_broker list
  expect 'the service ends its recovery' wait_until 20 'the end of the recovery' recovered
  tell 'session 2' logoff
  show_registry 'after session 2 has logged off'
  expect 'the profile is deleted from the registry' profile_is_gone
  leave 'session 2'
}

# The programs that are started between these two are routed: mapi32.dll reads the registry when it is loaded.
protect_unchanged_programs() { show_broker mapi enable --default; }
unprotect_programs() { show_broker mapi disable --default; }

act_e() {
  heading '(e) The programs of (a), unchanged, protected by one command' \
    'the same binary as in (a): this time session 2 keeps its profile.'
  protect_unchanged_programs
  log_on_with_dynamic_profile 'session 2' $today
  tell 'session 2' delete
  expect 'the deletion is promised, as MAPI does' answered 'S_OK'
  show_registry 'before session 3 comes'
  show_broker list
  enter 'session 3' $today
  tell 'session 3' initialize
  tell 'session 3' profiles
  expect 'session 3 does not see the deleted profile' answered 'profile table: empty'
  unprotect_programs
  enter 'session 4' $today
  tell 'session 4' initialize
  note 'session 4' 'is not protected, and finds nothing to sweep'
  session_2_reads_and_writes 'after all that' Saturday
  tell 'session 2' logoff
  show_registry 'after session 2 has logged off'
  expect 'the profile is deleted from the registry' profile_is_gone
  leave 'session 2'
  leave 'session 3'
  leave 'session 4'
}

printf '%sMAPI Profile Broker%s: a profile in use in one session survives the other sessions\n\n' "$bold" "$plain"
prepare
act_a
install_service --recovery-seconds $recovery_seconds >/dev/null
start_service
printf '\n'
note service "sc.exe create, sc.exe start: $(service_state)"
# Named objects are what MAPI goes by, and those differ; what a token says, and so what the broker shows, does not.
note wine 'every process token says session 1 here; the namespaces of named objects are those of 2 and 3'
act_b
act_c
act_d
act_e
stop_service

if ((failures == 0)); then
  printf '\n%s%sVerdict: all acts went as they must%s, in %d s.\n' "$bold" "$green" "$plain" "$SECONDS"
else
  printf '\n%s%sVerdict: %d expectations failed%s, see FAIL above.\n' "$bold" "$red" "$failures" "$plain"
  exit 1
fi
