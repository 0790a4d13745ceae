#!/usr/bin/env bash
# Every profile-broker command that a page shows on a line of its own is one that the tool understands: it is run as it stands there,
# without a service to talk to, and must not end with 2 (the command line is wrong). What else comes of it is not looked at: on Linux
# some have nothing to do.
#
#   documented_commands_test.sh TOOL PAGE...
set -euo pipefail
tool=$1
shift
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export MAPI_PROFILE_BROKER_ENDPOINT=$scratch/nobody XDG_STATE_HOME=$scratch/state

# Indented as code; what follows after two spaces explains it, and what the shell would do with the output is not the tool's.
mapfile -t commands < <(sed -nE 's/^    profile-broker ([^|>&]*[^|>& ]).*$/\1/p' "$@" | sed 's/   .*//' | sort -u)
((${#commands[@]} >= 10)) || { echo "found only ${#commands[@]} commands on the pages" >&2; exit 1; }

"$tool" --version >/dev/null  # a tool that is not there understands nothing, but does not end with 2 either
failures=0
for command in "${commands[@]}"; do
  mapfile -t words < <(xargs -n1 printf '%s\n' <<<"$command")
  code=0
  said=$("$tool" "${words[@]}" 2>&1 </dev/null) || code=$?
  if ((code == 2)); then
    echo "profile-broker $command ends with $code: $said"
    failures=$((failures + 1))
  fi
done
((failures == 0)) || exit 1
echo "${#commands[@]} commands, all understood"
