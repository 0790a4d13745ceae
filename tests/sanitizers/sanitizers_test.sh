#!/usr/bin/env bash
# That the sanitizers of this build are really on: a program that commits each fault is ended with a report of it, and a leak in
# the real service, preloaded into it, turns its stop in order into a failure. Without this a green test of a sanitizer's build
# would prove nothing.
#
#   sanitizers_test.sh SANITIZERS FAULTY_PROGRAM LEAK_LIBRARY SERVICE
set -euo pipefail
sanitizers=$1 faulty=$2 leak=$3 service=$4
folder=$(mktemp -d)
pid=
trap '[[ -z $pid ]] || kill -9 "$pid" 2>/dev/null || true; rm -rf "$folder"' EXIT

# reported FAULT WORDS: the program fails, and says so in these words.
reported() {
  if "$faulty" "$1" >"$folder/report" 2>&1; then
    echo "$1: NOT reported" >&2
    return 1
  fi
  grep -q "$2" "$folder/report" || { cat "$folder/report" >&2; return 1; }
  echo "$1: reported"
}

# service_ends_with: the exit code of the real service, started and stopped in order, in the environment that is given.
service_ends_with() {
  rm -rf "$folder/state"
  : >"$folder/report"
  env "$@" "$service" --endpoint "$folder/socket" --state "$folder/state" >"$folder/report" 2>&1 &
  pid=$!
  for ((i = 0; i < 600; ++i)); do
    grep -q ' listens on ' "$folder/report" && break
    sleep 0.1
  done
  kill -TERM "$pid"
  local code=0
  wait "$pid" || code=$?
  pid=
  echo "$code"
}

"$faulty" none
if [[ $sanitizers == *undefined* ]]; then
  reported overflow 'signed integer overflow'
fi
if [[ $sanitizers == *thread* ]]; then
  reported race 'ThreadSanitizer: data race'
fi
if [[ $sanitizers == *address* ]]; then
  reported use-after-free 'AddressSanitizer: heap-use-after-free'
  reported leak 'LeakSanitizer: detected memory leaks'
  [[ $(service_ends_with PATH="$PATH") == 0 ]] || { cat "$folder/report" >&2; exit 1; }
  code=$(service_ends_with LD_PRELOAD="$leak" ASAN_OPTIONS=verify_asan_link_order=0)
  [[ $code != 0 ]] || { echo "a leak in the service was NOT reported" >&2; exit 1; }
  if ! grep -q 'LeakSanitizer: detected memory leaks' "$folder/report" || ! grep -q '1234 byte' "$folder/report"; then
    cat "$folder/report" >&2
    exit 1
  fi
  echo "a leak in the service: reported, exit code $code"
fi
