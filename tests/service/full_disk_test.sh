#!/usr/bin/env bash
# The Windows service on a disk that is really full (a small tmpfs, so root only): it says so, protects what it knows, refuses
# what it could not remember, leaves no half journal behind, and recovers by itself.
#
#   full_disk_test.sh FOLDER     the folder of the Windows programs
set -euo pipefail
export PROFILE_BROKER_WINDOWS_BIN=$1
# shellcheck source=tests/windows/wine_prefix.sh
source "$(dirname "${BASH_SOURCE[0]}")/../windows/wine_prefix.sh"

if ((EUID != 0)); then
  echo "SKIPPED: NOT ROOT, so a full disk was NOT tested under Wine. Run as root"
  exit 0
fi

pipe='\\.\pipe\ProtectedPrefix\Administrators\broker-on-full-disk'
disk=$(mktemp -d)
log=$disk.log
holder=
finish() {
  if [[ -n $holder ]]; then
    kill -9 "$holder" 2>/dev/null || true
    wait "$holder" 2>/dev/null || true
  fi
  wine_prefix_end
  umount -l "$disk" 2>/dev/null || true
  rm -rf "$disk" "$log"
}
trap finish EXIT
trap 'exit 130' INT TERM
wine_prefix_begin full-disk
mount -t tmpfs -o size=128k tmpfs "$disk"

# call METHOD PARAMS: one request of a program of its own, and its answer.
call() {
  wine "$windows_bin/pipe_client.exe" call "$pipe" "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"$1\",\"params\":$2}" </dev/null
}
answers() { call broker/hello '{}' 2>/dev/null | grep -q '"result"'; }
writable() { call broker/status '{}' | grep -q '"writable":true'; }
expect() { grep -q "$2" <<<"$1" || { printf 'expected %s in:\n%s\n' "$2" "$1" >&2; exit 1; }; }

wine "$windows_bin/mapi-profile-broker.exe" --console --endpoint "$pipe" --state "$(windows_path "$disk/state")" \
  --recovery-seconds 0 >"$log" 2>&1 &
wait_until 30 "the service to answer" answers

echo "A program uses a profile, and the disk fills up"
mkfifo "$disk.hold"
wine "$windows_bin/pipe_client.exe" call "$pipe" \
  '{"jsonrpc":"2.0","id":1,"method":"reference/acquire","params":{"profile":"Used"}}' <"$disk.hold" >"$disk.held" 2>&1 &
holder=$!
exec 3>"$disk.hold"
rm "$disk.hold"
wait_until 30 "the profile to be used" grep -q '"references":1' "$disk.held"
rm "$disk.held"
if dd if=/dev/zero of="$disk/filler" bs=4096 2>/dev/null; then
  echo "the disk is not full" >&2
  exit 1
fi
label=$(printf 'x%.0s' {1..128})
refused=
for ((taken = 0; taken < 60; ++taken)); do  # the journal's last page has room for some records yet
  answer=$(call reference/acquire "{\"profile\":\"Taker $taken\",\"label\":\"$label\"}")
  if grep -q '"reason":"journalUnavailable"' <<<"$answer"; then
    refused=yes
    break
  fi
done
[[ -n $refused ]] || { echo "the journal never failed" >&2; exit 1; }

echo "The service says so, refuses what it could not remember, and protects what it knows"
expect "$(call broker/status '{}')" '"writable":false'
expect "$(<"$log")" 'journal cannot be written'
expect "$(call profile/delete '{"profile":"Used"}')" '"reason":"journalUnavailable"'
expect "$(call profile/query '{"profile":"used"}')" '"references":1'
[[ ! -e $disk/state/journal.ndjson.new ]] || { echo "a half journal holds the last of the disk" >&2; exit 1; }

echo "With room on the disk it recovers by itself"
rm "$disk/filler"
wait_until 30 "the journal to be written" writable
expect "$(<"$log")" 'journal can be written again'
expect "$(call reference/acquire '{"profile":"Later"}')" '"references":1'
expect "$(call profile/query '{"profile":"used"}')" '"references":1'
echo "all as expected"
