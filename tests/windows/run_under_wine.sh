#!/usr/bin/env bash
# Runs one Catch2 test program under Wine in a prefix of its own; ctest calls it.
#
#   run_under_wine.sh [--mapi] [--service] PROGRAM.exe [ARGUMENTS...]
#
# --mapi registers the stand-in MAPI provider, --service installs and starts the broker's service first; both are taken
# from the program's folder. The exit code alone proves nothing (Wine ends with 0 when it cannot run a program at all),
# so Catch2's own verdict must be there too. A program that Wine did not even begin is tried again, and that is said.
set -euo pipefail
# shellcheck source=tests/windows/wine_prefix.sh
source "$(dirname "${BASH_SOURCE[0]}")/wine_prefix.sh"

mapi=false service=false
while [[ $1 == --* ]]; do
  case $1 in
    --mapi) mapi=true ;;
    --service) service=true ;;
    *) echo "unknown option $1" >&2; exit 2 ;;
  esac
  shift
done
program=$1
shift
windows_bin=$(dirname "$program")

trap wine_prefix_end EXIT
trap 'exit 130' INT TERM
wine_prefix_begin "$(basename "$program" .exe)"
if $mapi; then
  register_mapi_provider "$windows_bin/standin_mapi.dll"
fi
if $service; then
  install_service --recovery-seconds 1
  start_service
fi

# The program's main function makes this file (tests/support/test_main.cpp).
begun=$WINEPREFIX/begun
PROFILE_BROKER_TEST_BEGUN=$(windows_path "$begun")
export PROFILE_BROKER_TEST_BEGUN
for attempt in 1 2 3; do
  result=0
  wine "$program" "$@" >"$WINEPREFIX/output" || result=$?
  cat "$WINEPREFIX/output"
  [[ ! -e $begun ]] || break
  echo "Wine ended with $result and had not begun ${program##*/} (attempt $attempt)" >&2
done
if ((result != 0)) || ! grep -q '^All tests passed' "$WINEPREFIX/output"; then
  echo "${program##*/} ended with $result, and Catch2 did not say that all tests passed" >&2
  exit 1
fi
