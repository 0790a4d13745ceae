#!/usr/bin/env bash
# What mapi_profile_broker.dll must be to stand where mapi32.dll looks for a provider: every function of the system's
# mapi32.dll under its plain name and, where x86 has one, under its decorated name; system libraries only; nothing that
# changes the process it is loaded into. The names come from the tool chain's import library, which was made of
# mingw-w64's mapi32.def, not from the DLL's own list.
#
#   mapi_dll_test.sh OBJDUMP NM DLL IMPORT_LIBRARY
set -euo pipefail
# shellcheck source=tests/client-lib/dll_guest.sh
source "$(dirname "${BASH_SOURCE[0]}")/dll_guest.sh"

guest_exports "$1" "$3"
# x86 symbols begin with an underscore that no exported name has.
symbols=$("$2" "$4" 2>/dev/null | sed -n 's/^.* T //p')
grep -q '^MAPILogonEx$' <<<"$symbols" || symbols=${symbols//$'\n'_/$'\n'} symbols=${symbols#_}
# shellcheck disable=SC2001  # the pattern is no glob
wanted=$( { echo "$symbols"; sed 's/@[0-9]*$//' <<<"$symbols"; } | LC_ALL=C sort -u)
count=$(wc -l <<<"$wanted")
((count > 150)) || { echo "$4 lists only $count names" >&2; exit 1; }
if missing=$(LC_ALL=C comm -23 <(echo "$wanted") <(echo "$exports")) && [[ -n $missing ]]; then
  printf 'not exported:\n%s\n' "$missing" >&2
  exit 1
fi
echo "exports: $(wc -l <<<"$exports") names, among them all $count of the system's mapi32.dll"
