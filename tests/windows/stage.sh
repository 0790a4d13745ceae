# Sourced by the demo: MAPI programs on a stage. Each is a real Windows process in a Terminal Services session of its
# own that takes a command a line and answers with a line; what it says is shown as it says it. Needs wine_prefix.sh
# and progress.sh.
# shellcheck shell=bash disable=SC2154  # the colours, root and windows_bin come from the files named above

declare -A actor_process actor_in actor_out
answer=''
failures=0

heading() { printf '\n%s%s%s\n%sLook at: %s%s\n\n' "$bold" "$1" "$plain" "$dim" "$2" "$plain"; }

note() { printf '  %-11s %s\n' "$1" "$2"; }

hear() {
  if ! IFS= read -r -t 30 -u "${actor_out[$1]}" answer; then
    answer='(no answer)'
  fi
  printf '  %s%-11s%s %s\n' "$cyan" "$1" "$plain" "$answer"
}

# enter ACTOR PROGRAM: starts the program in the session that ends the actor's name, as in "session 2".
enter() {
  local actor=$1 program=$2 pipe=$WINEPREFIX/${1// /-} input output
  rm -f "$pipe.in" "$pipe.out"
  mkfifo "$pipe.in" "$pipe.out"
  wine "$windows_bin/$program.exe" --session "${actor##* }" <"$pipe.in" >"$pipe.out" 2>>"$pipe.err" &
  actor_process[$actor]=$!
  # Both ends: opening a pipe for one direction would wait for the other side.
  exec {input}<>"$pipe.in" {output}<>"$pipe.out"
  actor_in[$actor]=$input actor_out[$actor]=$output
  hear "$actor"
}

# tell ACTOR COMMAND: leaves what the program answers in `answer`.
tell() {
  printf '%s\n' "$2" >&"${actor_in[$1]}"
  hear "$1"
}

close_pipes() {
  local input=${actor_in[$1]} output=${actor_out[$1]}
  exec {input}>&- {output}>&-
  unset "actor_process[$1]" "actor_in[$1]" "actor_out[$1]"
}

leave() {
  printf 'quit\n' >&"${actor_in[$1]}"
  wait "${actor_process[$1]}" || true
  close_pipes "$1"
}

# Ends the program's process from outside; none of its code runs any more.
kill_actor() {
  note "$1" "killed (kill -9 ${actor_process[$1]})"
  kill -9 "${actor_process[$1]}"
  { wait "${actor_process[$1]}" || true; } 2>/dev/null
  close_pipes "$1"
}

broker() { wine "$windows_bin/profile-broker.exe" "$@" | tr -d '\r'; }

show_broker() {
  note "broker" "profile-broker $*"
  broker "$@" 2>&1 | sed 's/^/                /'
}

show_registry() {
  local key='HKCU\Software\Microsoft\Windows NT\CurrentVersion\Windows Messaging Subsystem'
  note "registry" "$1"
  {
    wine reg.exe query "$key" /s |
      awk -v base='Windows Messaging Subsystem' -f "$root/tests/windows/registry_tree.awk"
    wine reg.exe query 'HKCU\Software\MAPI Profile Broker' /s 2>/dev/null |
      awk -v base='MAPI Profile Broker' -f "$root/tests/windows/registry_tree.awk" || true
  } | sed 's/^/                /'
}

# registry_has FOLDER NAME: whether a profile lies in "Profiles" or "Deleted Profiles".
registry_has() {
  wine reg.exe query "HKCU\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Windows Messaging Subsystem\\$1\\$2" \
    >/dev/null 2>&1
}

expect() {
  local what=$1
  shift
  if "$@"; then
    printf '  %sPASS%s        %s\n' "$green" "$plain" "$what"
  else
    printf '  %sFAIL%s        %s\n' "$red" "$plain" "$what"
    failures=$((failures + 1))
  fi
}
expect_not() { expect "$1" negate "${@:2}"; }
negate() { ! "$@"; }
answered() { [[ $answer == *"$1"* ]]; }
