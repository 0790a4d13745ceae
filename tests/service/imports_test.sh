#!/usr/bin/env bash
# The service loads DLLs from these system libraries and no others: imports are resolved before its own code can close
# the search path.
#
#   imports_test.sh OBJDUMP PROGRAM
set -euo pipefail
allowed='ADVAPI32.dll KERNEL32.dll MSWSOCK.dll WS2_32.dll msvcrt.dll'
imports=$("$1" -p "$2" | sed -n 's/^\s*DLL Name: //p' | LC_ALL=C sort | paste -sd ' ')
echo "$2 imports: $imports"
[[ -n $imports ]] || exit 1
for dll in $imports; do
  [[ " $allowed " == *" $dll "* ]] || { echo "not allowed: $dll" >&2; exit 1; }
done
