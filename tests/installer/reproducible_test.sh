#!/usr/bin/env bash
# The package of one build, made twice, has the same content; ./dev package --twice shows the same of two builds.
#
#   reproducible_test.sh BUILD_X64 BUILD_X86
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[[ -e $2/bin/profile_broker.dll ]] || { echo "NOT TESTED: no x86 library; ./dev build windows-x86 makes it"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
one=$("$here/../../installer/package.sh" "$1" "$2" "$work/one")
other=$("$here/../../installer/package.sh" "$1" "$2" "$work/other")
"$here/same_content.sh" "$one" "$other"
later=$("$here/../../installer/package.sh" "$1" "$2" "$work/later" 99.0.0)
if "$here/same_content.sh" "$one" "$later" >/dev/null 2>&1; then
  echo "the comparison does not see another version" >&2
  exit 1
fi
