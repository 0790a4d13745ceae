# Sourced by the tests of the DLLs that programs load: what such a DLL may import, and what it exports.
# shellcheck shell=bash

# guest_exports OBJDUMP DLL: ends the test unless the DLL imports system libraries only (no libstdc++ of ours beside it)
# and nothing that changes the whole process; says what it imports, and sets `exports` to its names, sorted.
guest_exports() {
  local tables imports dll function
  local allowed='ADVAPI32.dll KERNEL32.dll msvcrt.dll ntdll.dll'
  tables=$("$1" -p "$2")
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
  # shellcheck disable=SC2034  # for the sourcing test
  exports=$(sed -n '/Ordinal\/Name Pointer/,/^$/s/^\s*\[ *[0-9]*\] *\(+base\[ *[0-9]*\] *[0-9a-f]* *\)\?//p' <<<"$tables" | LC_ALL=C sort)
}
