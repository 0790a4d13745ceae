#!/usr/bin/env bash
# A chaos run from the build tree, in a mount namespace of its own, so that the state folder can be a small disk and nothing is
# left mounted; for one who is not root, in a user namespace. ctest and ./dev chaos call it.
#
#   chaos.sh linux|wine BIN NODE_MODULES SECONDS [OPTIONS OF conductor.js...]
#   chaos.sh self-test BIN NODE_MODULES          runs that are broken on purpose: the observer must say so of each
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
what=$1 bin=$2 seconds=${4:-}
export NODE_PATH=$3
shift 3

# in_namespace COMMAND...: without one the run still takes place; the conductor then says what it skips.
in_namespace() {
  local namespace=(unshare --mount --propagation private)
  ((EUID == 0)) || namespace=(unshare --map-root-user --mount --propagation private)
  "${namespace[@]}" true 2>/dev/null || namespace=()
  "${namespace[@]}" "$@"
}

# expect_broken WORDS OPTIONS...: such a run must be judged broken, in these words.
expect_broken() {
  local words=$1 output
  shift
  if output=$(in_namespace node "$here/conductor.js" linux --bin "$bin" --seconds 6 --sanitized "$@" 2>&1); then
    printf '%s\nThe observer saw nothing in a run with %s\n' "$output" "$*" >&2
    return 1
  fi
  if [[ $output != *"$words"* ]]; then
    printf '%s\nThe observer did not say "%s" of a run with %s\n' "$output" "$words" "$*" >&2
    return 1
  fi
  echo "A run with $* is caught: $words"
}

case $what in
  linux) in_namespace node "$here/conductor.js" linux --bin "$bin" --seconds "$seconds" "${@:2}" ;;
  wine) in_namespace "$here/wine.sh" "$bin" --seconds "$seconds" "${@:2}" ;;
  self-test)
    expect_broken 'began to remove it while' --clients 16 --raw 2 --blind
    expect_broken 'neither the service nor the hive knows of that' --clients 16 --raw 14 --forgetful --recovery 0
    ;;
  *) echo "unknown: $what" >&2; exit 2 ;;
esac
