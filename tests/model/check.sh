#!/usr/bin/env bash
# Searches the model completely, within bounds, with Spin: the promise holds, every deliberate mistake is found, no line of
# the model is dead. Usage: check.sh OUTPUT-FOLDER [large]. "large" takes larger bounds and longer (./dev model).
# A run counts only if Spin says that it came to its end: neither depth nor memory ran out. "errors: 0" alone is not enough.
set -euo pipefail
source_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
output=$1 size=${2:-small}
for program in spin gcc; do
  command -v "$program" >/dev/null || { echo "the model is NOT CHECKED: $program is missing; install the packages spin and gcc"; exit 1; }
done
mkdir -p "$output"
output=$(cd "$output" && pwd)
rm -f "$output"/*/{pan.out,counterexample.txt}

deepest=1000000 megabytes=1900 optimisation=-O0  # compiling for speed takes longer than these searches
[[ $size != large ]] || { megabytes=12000 optimisation=-O2; }
failures=0
complain() { printf 'FAILED  %s: %s\n' "$1" "$2"; failures=$((failures + 1)); }

# search NAME safety|liveness DEFINES...: one run of Spin in a folder of its own.
search() {
  local kind=$2 folder=$output/$1 compile=() run=("-m$deepest")
  shift 2
  mkdir -p "$folder"
  cd "$folder"
  rm -f ./*.trail
  if [[ $kind == liveness ]]; then
    compile=(-DNFAIR=5)  # two processes of the model for each of two programs, and the machine
    run+=(-a -f)
    set -- -DGONE_IN_THE_END "$@"
  else
    compile=(-DSAFETY)
  fi
  spin -a -o3 "$@" "$source_folder/profile_broker.pml" >spin.out 2>&1 || { cat spin.out; return 1; }
  gcc "$optimisation" -w -DVECTORSZ=1024 "-DMEMLIM=$megabytes" "${compile[@]}" -o pan pan.c
  ./pan "${run[@]}" >pan.out 2>&1 || true
  if compgen -G '*.trail' >/dev/null; then
    spin -t -k profile_broker.pml.trail "$@" "$source_folder/profile_broker.pml" 2>&1 |
      sed -n 's/^ *\(process [0-9]*: \|service: \)/\1/p' >counterexample.txt
  fi
}
figure() { grep -o "$2" "$output/$1/pan.out" | grep -o '[0-9][0-9.e+]*' | head -n 1; }
is_complete() { ! grep -qE 'max search depth too small|out of memory|Search not completed|reached -DMEMLIM|aborted' "$output/$1/pan.out"; }
row() {
  printf '%-34s %-9s %10s states, depth %6s, %5s MB, %6s s  %s\n' "$1" "$2" "$(figure "$1" '[0-9.e+]* states, stored')" \
    "$(figure "$1" 'depth reached [0-9]*')" "$(figure "$1" '[0-9.]*.total actual memory' | cut -d. -f1)" \
    "$(figure "$1" 'elapsed time [0-9.]*')" "$3"
}

# holds NAME safety|liveness DEFINES...: the promise holds in all of it.
holding=()
holds() {
  search "$@"
  if ! grep -q 'errors: 0$' "$output/$1/pan.out"; then
    complain "$1" "the promise is broken:"
    cat "$output/$1/counterexample.txt" 2>/dev/null || tail -n 5 "$output/$1/pan.out"
  elif ! is_complete "$1"; then
    complain "$1" "the search was cut short"
  else
    row "$1" "$2" "the promise holds"
  fi
  holding+=("$output/$1")
}

# breaks NAME safety|liveness DEFINES...: Spin finds how the promise is broken, and by nothing else.
breaks() {
  search "$@"
  local what='assertion violated ((live&alive)==0)\|assertion violated ((removing&alive)==0)'
  [[ $2 == liveness ]] && what='acceptance cycle'
  if ! grep -q "$what" "$output/$1/pan.out"; then
    complain "$1" "the mistake was not found"
  else
    row "$1" "$2" "found, in $(wc -l <"$output/$1/counterexample.txt") steps"
  fi
}

# named FILE: the steps that Spin names there, as often as it does.
named() { sed -n "s/.*printf('\(process %d\|service\): \([a-z_]*\).*/\2/p" "$1" | sort; }

# What only several threads of one process can do; the model's processes have one, and tell of an ended removal first.
readonly of_threads='claim_in_work|errand_claim_in_work'

# Every step is reached in one of the runs in which the promise holds. Spin lists what a run did not reach.
nothing_is_dead() {
  local run dead
  dead=$(comm -23 <(named "${holding[0]}/pan.t" | sort -u) <(for run in "${holding[@]}"; do
    comm -23 <(named "$run/pan.t") <(named "$run/pan.out")
  done | sort -u) | grep -vxE "$of_threads" || true)
  if [[ -n $dead ]]; then
    complain "dead steps" "no run reaches these:"
    printf '%s\n' "$dead"
  fi
}

cd "$output"
if [[ $size == large ]]; then
  holds one-crash safety -DCALLS=4 -DKILLS=1
  holds two-crashes safety -DCALLS=3 -DKILLS=2
  holds crash-stop-and-death safety -DCALLS=3 -DKILLS=1 -DSTOPS=1 -DDEATHS=1
  holds crash-and-loss safety -DCALLS=3 -DKILLS=1 -DLOSSES=1
  holds death-and-loss safety -DCALLS=3 -DDEATHS=1 -DLOSSES=1 -DFAILURES=1
  holds three-processes safety -DPROCESSES=3 -DCALLS=3 -DKILLS=1
  holds journal-trouble safety -DCALLS=3 -DKILLS=1 -DTROUBLES=1
  holds without-notices safety -DWITHOUT_NOTICES -DCALLS=3 -DKILLS=2 -DSTOPS=1
  holds gone-after-crashes liveness -DSWEEPER=1 -DCALLS=3 -DKILLS=1 -DDEATHS=1
  holds gone-after-losses liveness -DSWEEPER=1 -DCALLS=3 -DLOSSES=1 -DDEATHS=1 -DFAILURES=1
else
  holds crash-and-death safety -DCALLS=2 -DKILLS=1 -DDEATHS=1
  holds crash-and-stop safety -DCALLS=2 -DKILLS=1 -DSTOPS=1
  holds loss-and-death safety -DCALLS=2 -DLOSSES=1 -DDEATHS=1 -DFAILURES=1
  holds crash-and-journal-trouble safety -DCALLS=2 -DKILLS=1 -DTROUBLES=1
  holds without-notices safety -DWITHOUT_NOTICES -DCALLS=2 -DKILLS=1 -DSTOPS=1
  holds gone-after-crash liveness -DSWEEPER=1 -DCALLS=2 -DKILLS=1
  holds gone-after-loss liveness -DSWEEPER=1 -DCALLS=2 -DLOSSES=1 -DDEATHS=1
fi
nothing_is_dead

# What is outside of the promise breaks it, and nothing less does: docs/correctness.md says so.
breaks lost-journal safety -DLOST_JOURNALS -DCALLS=2 -DSTOPS=1
breaks claim-while-in-flight safety -DM_CLAIM_WHILE_IN_FLIGHT -DCALLS=2
breaks claim-dropped-by-restart safety -DM_CLAIM_DROPPED_BY_RESTART -DCALLS=2 -DKILLS=1
breaks references-dropped-by-restart safety -DM_REFERENCES_DROPPED_BY_RESTART -DCALLS=2 -DSTOPS=1
breaks record-after-answer safety -DM_RECORD_AFTER_ANSWER -DCALLS=2 -DKILLS=1
breaks connection-is-life safety -DM_CONNECTION_IS_LIFE -DCALLS=3 -DLOSSES=1
breaks notices-read-first safety -DM_NOTICES_READ_FIRST -DCALLS=2 -DSTOPS=1
breaks notice-left-early safety -DM_NOTICE_LEFT_EARLY -DCALLS=2 -DSTOPS=1 -DLOSSES=1
breaks closed-while-recovering safety -DWITHOUT_NOTICES -DM_CLOSED_WHILE_RECOVERING -DCALLS=2 -DKILLS=1 -DSTOPS=1
breaks empty-journal safety -DWITHOUT_NOTICES -DM_EMPTY_JOURNAL -DCALLS=2 -DKILLS=1
breaks end-unseen liveness -DM_END_UNSEEN -DSWEEPER=1 -DCALLS=1 -DDEATHS=1
breaks claim-outlives-process liveness -DM_CLAIM_OUTLIVES_PROCESS -DSWEEPER=1 -DCALLS=2 -DDEATHS=1
breaks new-uuid liveness -DM_NEW_UUID -DSWEEPER=1 -DCALLS=2 -DKILLS=1
breaks no-mark liveness -DM_NO_MARK -DSWEEPER=1 -DCALLS=1 -DLOSSES=1 -DDEATHS=1
breaks mark-removed-early liveness -DM_MARK_REMOVED_EARLY -DSWEEPER=1 -DCALLS=1 -DLOSSES=1 -DDEATHS=1 -DFAILURES=1
breaks finish-forgotten liveness -DM_FINISH_FORGOTTEN -DSWEEPER=1 -DCALLS=2 -DKILLS=1 -DFAILURES=1
breaks sweep-forgotten liveness -DM_SWEEP_FORGOTTEN -DSWEEPER=1 -DCALLS=3 -DLOSSES=1 -DFAILURES=1
breaks undelete-forgets liveness -DM_UNDELETE_FORGETS -DSWEEPER=1 -DCALLS=2 -DKILLS=1
breaks no-claim-again-in-recovery liveness -DM_NO_CLAIM_AGAIN_IN_RECOVERY -DSWEEPER=1 -DCALLS=2 -DKILLS=1

((failures == 0)) || { echo "$failures checks failed; the runs are in $output"; exit 1; }
