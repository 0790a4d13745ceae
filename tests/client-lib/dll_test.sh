#!/usr/bin/env bash
# What a MAPI process gets into its address space with profile_broker.dll: system libraries only, no libstdc++ of ours
# beside it, no process-wide exception handler, few bytes; and names that programs can rely on.
#
#   dll_test.sh OBJDUMP STRIP DLL HEADER
set -euo pipefail
# shellcheck source=tests/client-lib/dll_guest.sh
source "$(dirname "${BASH_SOURCE[0]}")/dll_guest.sh"

guest_exports "$1" "$3"
declared=$(grep -oE '\bProfileBroker[A-Za-z]+\(' "$4" | tr -d '(' | LC_ALL=C sort -u)
diff <(echo "$declared") <(echo "$exports") || { echo "the DLL's exports are not the header's functions" >&2; exit 1; }
echo "exports: $(wc -l <<<"$exports") functions, undecorated"

# One stream of the C++ library brings 600 KB, a JSON document 150 KB. On x86 what exceptions need of tables and code has
# 80 KB more.
limit=300000
[[ $("$1" -f "$3") != *pei-i386* ]] || limit=370000
stripped=$(mktemp)
trap 'rm -f "$stripped"' EXIT
"$2" -o "$stripped" "$3"
size=$(stat -c %s "$stripped")
echo "size without symbols: $size bytes, at most $limit"
((size <= limit)) || { echo "too large: see what came with it (-Wl,-Map)" >&2; exit 1; }
