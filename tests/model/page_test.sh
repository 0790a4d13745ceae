#!/usr/bin/env bash
# docs/correctness.md does not rot: every step of the model has a row in its table, every row is a step of the model, and every
# function that the table names is in the file that it names. Usage: page_test.sh SOURCE-ROOT
set -euo pipefail
cd "$1"
page=docs/correctness.md
wrong=0
# shellcheck disable=SC2016  # the page's backticks
in_backticks() { grep -o '`[^`]*`' | tr -d '`'; }
complain() { echo "$page: $1"; wrong=1; }

steps=$(grep -ohE '\bTOLD\([a-z_]+\)|SERVICE_TOLD\([a-z_]+\)' tests/model/*.pml | sed 's/.*(\(.*\))/\1/' | grep -vx name | sort -u)
table=$(sed -n '/^| step of the model |/,/^$/p' "$page" | tail -n +3)
rows=$(printf '%s\n' "$table" | cut -d'|' -f2 | in_backticks | sort)
[[ -n $steps && -n $rows ]] || complain "the table or the model was not found"

while read -r step; do complain "no row for the model's step $step"; done < <(comm -23 <(echo "$steps") <(echo "$rows") | grep .)
while read -r row; do complain "the model has no step $row, or two rows have"; done < <(comm -13 <(echo "$steps") <(echo "$rows") | grep .)

functions=$(printf '%s\n' "$table" | cut -d'|' -f4 | in_backticks | sort -u)
while IFS=: read -r file name; do
  if [[ ! -f $file ]]; then
    complain "there is no file $file"
  elif ! grep -qE "(^|[^A-Za-z_])$name(\(|\b.*\{)" "$file"; then
    complain "$file has no $name"
  fi
done <<<"$functions"
exit "$wrong"
