#!/usr/bin/env bash
# What a MAPI process gets into its address space with profile_broker.dll: system libraries only, no libstdc++ of ours
# beside it, no process-wide exception handler; and names that programs can rely on.
#
#   dll_test.sh OBJDUMP DLL HEADER
set -euo pipefail
# shellcheck source=tests/client-lib/dll_guest.sh
source "$(dirname "${BASH_SOURCE[0]}")/dll_guest.sh"

guest_exports "$1" "$2"
declared=$(grep -oE '\bProfileBroker[A-Za-z]+\(' "$3" | tr -d '(' | LC_ALL=C sort -u)
diff <(echo "$declared") <(echo "$exports") || { echo "the DLL's exports are not the header's functions" >&2; exit 1; }
echo "exports: $(wc -l <<<"$exports") functions, undecorated"
