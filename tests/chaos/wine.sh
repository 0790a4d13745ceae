#!/usr/bin/env bash
# A chaos run under Wine: a prefix of its own, the service installed with the real sc.exe, and the conductor, which starts and
# stops it through the real service control manager. Called by chaos.sh.
#
#   wine.sh BIN [OPTIONS OF conductor.js...]
set -euo pipefail
export PROFILE_BROKER_WINDOWS_BIN=$1
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/windows/wine_prefix.sh
source "$here/../windows/wine_prefix.sh"

trap wine_prefix_end EXIT
trap 'exit 130' INT TERM
wine_prefix_begin chaos
install_service --recovery-seconds 4
node "$here/conductor.js" wine --bin "$PROFILE_BROKER_WINDOWS_BIN" "$@"
