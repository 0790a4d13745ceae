#!/usr/bin/env bash
# Two packages have the same files and the same tables. What differs is shown; the times of the package's making, which
# Windows Installer keeps beside the tables, may differ.
#
#   same_content.sh ONE.msi OTHER.msi
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# unpack MSI FOLDER: every table as text, every file as it would be installed, and what describes the package.
unpack() {
  local table
  mkdir -p "$2"/{tables,files}
  while read -r table; do
    msiinfo export "$1" "$table" | (read -r names; read -r types; read -r key; printf '%s\n' "$names" "$types" "$key"; LC_ALL=C sort) \
      >"$2/tables/$table"
  done < <(msiinfo tables "$1" | grep -vE '^_(SummaryInformation|ForceCodepage)$')
  [[ -s $2/tables/File ]] || { echo "$1 has no table of files" >&2; return 1; }
  msiextract -C "$2/files" "$1" >/dev/null
  msiinfo suminfo "$1" | grep -vE '^(Created|Last saved):' >"$2/description"
}

unpack "$1" "$work/one"
unpack "$2" "$work/other"
diff -r "$work/one" "$work/other" || { echo "the packages differ" >&2; exit 1; }
echo "the same $(find "$work/one/tables" -type f | wc -l) tables and $(find "$work/one/files" -type f | wc -l) files"
