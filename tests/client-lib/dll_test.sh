#!/usr/bin/env bash
# What a MAPI process gets into its address space with profile_broker.dll: system libraries only, no libstdc++ of ours
# beside it, no process-wide exception handler; and names that programs can rely on.
#
#   dll_test.sh OBJDUMP DLL HEADER
set -euo pipefail
tables=$("$1" -p "$2")
allowed='ADVAPI32.dll KERNEL32.dll msvcrt.dll ntdll.dll'

imports=$(sed -n 's/^\s*DLL Name: //p' <<<"$tables" | LC_ALL=C sort | paste -sd ' ')
echo "imports: $imports"
[[ -n $imports ]] || exit 1
for dll in $imports; do
  [[ " $allowed " == *" $dll "* ]] || { echo "not allowed: $dll" >&2; exit 1; }
done
for function in AddVectoredExceptionHandler SetUnhandledExceptionFilter SetErrorMode SetDefaultDllDirectories; do
  if grep -qE "[[:space:]]$function\$" <<<"$tables"; then
    echo "changes the whole process: $function" >&2
    exit 1
  fi
done

exports=$(sed -n '/Ordinal\/Name Pointer/,/^$/s/^\s*\[ *[0-9]*\] *\(+base\[ *[0-9]*\] *[0-9a-f]* *\)\?//p' <<<"$tables" | LC_ALL=C sort)
declared=$(grep -oE '\bProfileBroker[A-Za-z]+\(' "$3" | tr -d '(' | LC_ALL=C sort -u)
diff <(echo "$declared") <(echo "$exports") || { echo "the DLL's exports are not the header's functions" >&2; exit 1; }
echo "exports: $(wc -l <<<"$exports") functions, undecorated"
