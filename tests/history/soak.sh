#!/usr/bin/env bash
# The nightly form of the generated histories, with a seed of its own each time unless one is given: a million operations,
# then a week of a terminal server. Last, thousands of connections of real programs to the real service, and what they left
# behind. Run by ./dev soak, after it has built PRESET.
#   soak.sh PRESET [SEED]
set -euo pipefail
bin=build/$1/bin
seed=${2:-$((RANDOM * 32768 + RANDOM))}
"$bin/history_test" --seed "$seed" --operations 1000000
"$bin/history_week" --seed "$seed"
"$bin/client_lib_leaks" "ten thousand*,a thousand*"
