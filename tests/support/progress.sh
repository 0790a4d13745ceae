# Sourced by ./dev and the demo: colours on a terminal, and steps that say how long they take. A step's output goes to a
# file, which is shown when the step fails and not otherwise.
# shellcheck shell=bash disable=SC2034  # colours are for whoever sources this

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' dim=$'\e[2m' green=$'\e[32m' red=$'\e[31m' cyan=$'\e[36m' plain=$'\e[0m'
else
  bold='' dim='' green='' red='' cyan='' plain=''
fi

progress_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# What failed, for the last lines of all: whoever sees only the end of the output sees the reason.
what_failed() {
  local said
  said=$(awk -f "$progress_folder/what_failed.awk" "$1")
  [[ -n $said ]] || return 0
  printf '  what failed:\n'
  head -n 8 <<<"$said"
}

# How far a build has come, "[12/80]", from the last lines of its log; nothing when the log is no build's.
build_progress() { tail -c 400 "$1" | grep -o '^\[[0-9]*/[0-9]*\]' | tail -n 1 || true; }

# step LOGFILE WHAT COMMAND...: runs the command and counts the seconds beside WHAT (on a terminal in place, else by a
# line every 15 seconds).
step() {
  local log=$1 what=$2 begin=$SECONDS said=0 process
  shift 2
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 &
  process=$!
  while kill -0 "$process" 2>/dev/null; do
    if [[ -t 1 ]]; then
      printf '\r  %-52s %4d s  %-12s' "$what" $((SECONDS - begin)) "$(build_progress "$log")"
    elif ((SECONDS - begin >= said + 15)); then
      said=$((SECONDS - begin))
      printf '  %-52s %4d s ... %s\n' "$what" "$said" "$(build_progress "$log")"
    fi
    sleep 0.2
  done
  [[ -t 1 ]] && printf '\r%80s\r' ''
  if wait "$process"; then
    printf '  %-52s %4d s\n' "$what" $((SECONDS - begin))
  else
    printf '  %-52s %sfailed%s after %d s; the end of %s:\n' "$what" "$red" "$plain" $((SECONDS - begin)) "$log"
    tail -n 40 "$log"
    what_failed "$log"
    return 1
  fi
}

# begin LOGFILE WHAT COMMAND...: starts such a step beside what follows, in a process group of its own; one at a time.
begin() {
  mkdir -p "$(dirname "$1")"
  begun_says=$1.step
  set -m
  (step "$@") >"$begun_says" 2>&1 &
  set +m
  begun=$!
}

# joined: waits for what was begun and tells how it ended.
joined() {
  local ended_well=true
  wait "$begun" || ended_well=false
  begun=''
  grep -v ' s \.\.\. ' "$begun_says"
  $ended_well
}

# For a trap on EXIT: what was begun does not outlive the script.
abandon_begun() { [[ -z ${begun:-} ]] || kill -- "-$begun" 2>/dev/null || true; }
