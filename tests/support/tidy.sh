#!/usr/bin/env bash
# clang-tidy over the product's sources. The files of one folder are read as one translation unit, one after the other:
# Boost, nlohmann/json and the Windows headers are then parsed and matched once a folder, not once a file, and the whole
# takes a quarter of the time. So two files of one folder may not give the same name to different things, not even in
# unnamed namespaces. The tests go without clang-tidy.
#   tidy.sh BUILD_FOLDER PATTERN [ARGUMENTS...]: the files of that build's compile_commands.json whose names match the
#   extended regular expression; ARGUMENTS are added to the compiler's.
# Files that wait or post with Asio go without the static analyzer, which in clang 14 takes every co_await and asio::post
# for a call through a null pointer (inside Boost, where no comment of ours can help); they make a unit of their own.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
database=$root/$1/compile_commands.json
units=$root/build/tidy/$(basename "$1")
pattern=$2
shift 2
rm -rf "$units"
mkdir -p "$units"

# sources: the product's files in that build, each once.
sources() { grep -o '"file": "[^"]*"' "$database" | cut -d'"' -f4 | grep -v "^$root/tests/" | grep -E "$pattern" | sort -u; }

# flags_of FILE...: what their compile commands define and where they look for headers, each once.
flags_of() {
  local file
  for file in "$@"; do
    grep -F "$file\"" -B 2 "$database" | grep '"command"' | sed 's/-isystem /-isystem/g; s/\\//g' | tr ' ' '\n'
  done | grep -E '^-(D|I|isystem|std=)' | sort -u
}

# unit NAME FILE...: writes one source made of them all (the analyzer looks only at what stands in the main file itself),
# its flags, and after which line each file begins.
unit() {
  local name=$1 file before=0
  shift
  flags_of "$@" >"$units/$name.flags"
  for file in "$@"; do
    printf '%s %s\n' "$before" "$file" >>"$units/$name.places"
    before=$((before + $(wc -l <"$file")))
    cat "$file" >>"$units/$name.cpp"
  done
}

# placed UNIT: the findings on standard input, each at the file and line that it speaks of.
placed() {
  awk -v unit="$units/$1.cpp:" '
    NR == FNR { before[NR] = $1; file[NR] = $2; files = NR; next }
    index($0, unit) == 1 {
      rest = substr($0, length(unit) + 1)
      line = rest + 0
      for (i = files; before[i] >= line; i--);
      sub(/^[0-9]+/, "", rest)
      $0 = file[i] ":" (line - before[i]) rest
    }
    { print }' "$units/$1.places" -
}

# checked UNIT ARGUMENTS...: one unit through clang-tidy.
checked() {
  local unit=$1 checks='' flags
  shift
  [[ $unit != *-asio ]] || checks='-clang-analyzer-*'
  mapfile -t flags <"$units/$unit.flags"
  (cd "$root" && clang-tidy --quiet --checks="$checks" "$units/$unit.cpp" -- "${flags[@]}" "$@") 2>&1 | placed "$unit"
}

while read -r folder; do
  name=${folder#"$root/"}
  name=${name//\//-}
  mapfile -t files < <(sources | grep -E "^$folder/[^/]+$")
  mapfile -t plain < <(grep -LE 'co_await|asio::post' "${files[@]}")
  mapfile -t asio < <(grep -lE 'co_await|asio::post' "${files[@]}")
  ((${#plain[@]} == 0)) || unit "$name" "${plain[@]}"
  ((${#asio[@]} == 0)) || unit "$name-asio" "${asio[@]}"
done < <(sources | xargs -n 1 dirname | sort -u)

export -f checked placed
export root units
# The longest first, so that no processor waits for it at the end.
find "$units" -name '*.cpp' -printf '%s %f\n' | sort -rn | sed 's/.* //; s/\.cpp$//' |
  xargs -P "$(nproc)" -I{} bash -o pipefail -c 'checked "$@"' _ {} "$@"
