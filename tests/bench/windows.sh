#!/usr/bin/env bash
# The rounds under Wine (windows_rounds.js), in a Wine prefix of their own that goes with them. windows.js calls it.
#
#   windows.sh BIN [OPTIONS OF windows_rounds.js...]
set -euo pipefail
export PROFILE_BROKER_WINDOWS_BIN=$1
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/windows/wine_prefix.sh
source "$here/../windows/wine_prefix.sh"

trap wine_prefix_end EXIT
trap 'exit 130' INT TERM
wine_prefix_begin bench
node "$here/windows_rounds.js" --bin "$PROFILE_BROKER_WINDOWS_BIN" "$@"
