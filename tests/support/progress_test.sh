#!/usr/bin/env bash
# That the last ten lines of a failed step say which tests failed and why, however much was printed after them: tests of
# every kind that we have fail here, run by ctest as in ./dev test.
#   progress_test.sh FAILING_TEST [NODE]
set -euo pipefail
source_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/support/progress.sh
source "$source_folder/progress.sh"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

expected=('catch_program: a thing that is not so: .*failing_test.cpp:6: FAILED: CHECK( held == 3 ) with expansion: 2 == 3'
  'script: .*the moon is missing'
  'history: the history of seed 7 fails at step 3: a profile is deleted in use')
{
  echo "add_test(catch_program \"$1\")"
  echo 'add_test(script "/bin/sh" "-c" "echo the moon is missing; exit 1")'
  echo 'add_test(history "/bin/sh" "-c" "echo the history of seed 7 fails at step 3:; echo a profile is deleted in use; echo shrunk; exit 1")'
  echo 'add_test(well "/bin/sh" "-c" "echo FAILED is not meant here")'
} >"$folder/CTestTestfile.cmake"
if [[ -n ${2:-} ]]; then
  cat >"$folder/failing.test.js" <<'JS'
const test = require('node:test');
test('a test around others', async (t) => {
  await t.test('the neighbour is served', () => {
    require('node:assert').strictEqual(1, 0, 'calls of the neighbour failed');
  });
});
JS
  echo "add_test(node \"$2\" \"--test\" \"$folder/failing.test.js\")" >>"$folder/CTestTestfile.cmake"
  expected+=('node: .*the neighbour is served.*: calls of the neighbour failed 1 !== 0')
fi
# So much comes last that nothing else can be seen.
echo 'add_test(long "/bin/sh" "-c" "seq 1000; exit 1")' >>"$folder/CTestTestfile.cmake"

if said=$(step "$folder/log" "tests that fail" env -u NODE_TEST_CONTEXT ctest --test-dir "$folder" --output-on-failure); then
  echo "tests failed, and the step did not"
  exit 1
fi
last_words=$(tail -n 10 <<<"$said")
for wanted in "${expected[@]}"; do
  grep -q -- "$wanted" <<<"$last_words" || { printf 'expected in the last ten lines: %s\n%s\n' "$wanted" "$said"; exit 1; }
done
if grep -q 'not meant here\|a test around others' <<<"$last_words"; then
  printf 'that says nothing of a failure:\n%s\n' "$last_words"
  exit 1
fi
