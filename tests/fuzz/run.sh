#!/usr/bin/env bash
# Runs the fuzz targets, two at a time, and says what they did. A finding ends with the command that replays it.
#   run.sh SECONDS [TARGET...]   each target for so many seconds; every target when none is named
# Reads tests/fuzz/corpus and what earlier runs found; keeps what is new, reduced, below build/fuzz and changes nothing in
# the tree.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=$root/build/native-asan/bin
out=$root/build/fuzz
seconds=$1
shift
targets=("$@")
((${#targets[@]} > 0)) || targets=(service client journal request framing profile_name)
export UBSAN_OPTIONS=print_stacktrace=1

# Everything is bounded: a run by 10 s, its memory by 1 GiB, one allocation by 256 MiB.
fuzz() {
  local target=$1 kept=$tests/corpus/$1 found=$out/corpus/$1
  mkdir -p "$found" "$out/findings"
  "$bin/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=256 \
    -max_len=4096 -dict="$tests/dictionary/$target.dict" -artifact_prefix="$out/findings/$target-" -print_final_stats=1 \
    "$found" "$kept" >"$out/$target.log" 2>&1
}
tests=$root/tests/fuzz

# What the target did, in one line, or where its finding lies.
report() {
  local target=$1 log=$out/$1.log finding
  finding=$(grep -o "$out/findings/$target-[a-z]*-[0-9a-f]*" "$log" | tail -n 1 || true)
  if [[ -n $finding ]]; then
    grep -E '^PROPERTY VIOLATED|runtime error|^==[0-9]+==ERROR|libFuzzer: (timeout|out-of-memory|deadly)' "$log" | head -n 3
    printf 'fuzz_%s found something. Replay it with:\n  %q %q\n' "$target" "$bin/fuzz_$target" "$finding"
    return 1
  fi
  awk -v target="$target" '
    /cov: / { for (i = 1; i < NF; ++i) { if ($i == "cov:") edges = $(i + 1); if ($i == "corp:") corpus = $(i + 1) } }
    /stat::number_of_executed_units/ { runs = $2 }
    /stat::peak_rss_mb/ { memory = $2 }
    END { if (runs == "") exit 1
          sub("/.*", "", corpus)
          printf "%-13s %9d runs, %5d edges, %5d inputs kept, %4d MB\n", target, runs, edges, corpus, memory }' "$log" ||
    { tail -n 20 "$log"; echo "fuzz_$target did not come to its end: $log"; return 1; }
}

failed=0
for ((i = 0; i < ${#targets[@]}; i += 2)); do
  pair=("${targets[@]:i:2}")
  for target in "${pair[@]}"; do
    fuzz "$target" &
  done
  wait
  for target in "${pair[@]}"; do
    report "$target" || failed=1
  done
done

# Longer runs leave a corpus of the smallest inputs that cover the same; ./dev test's short ones start from it.
if ((failed == 0 && seconds > 60)); then
  for target in "${targets[@]}"; do
    reduced=$out/reduced/$target
    rm -rf "$reduced"
    mkdir -p "$reduced"
    "$bin/fuzz_$target" -merge=1 "$reduced" "$tests/corpus/$target" "$out/corpus/$target" >"$out/merge-$target.log" 2>&1
    rm -rf "${out:?}/corpus/$target"
    mv "$reduced" "$out/corpus/$target"
  done
  echo "the inputs that they found are in $out/corpus; CONTRIBUTING.md says how one becomes a part of the tree"
fi
exit "$failed"
