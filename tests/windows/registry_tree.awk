# Shows what `reg query KEY /s` prints as a tree below KEY, with MAPI's properties by name and text decoded. Set `base`
# to the part of KEY that need not be repeated, with single backslashes. Runs on mawk: no strtonum.

function digit(character) { return index("0123456789ABCDEF", toupper(character)) - 1 }

# UTF-16LE in hexadecimal, printable ASCII only: enough for the profiles of the demo and the tests.
function decoded(hex,    text, at, low, high) {
  for (at = 1; at < length(hex); at += 4) {
    low = digit(substr(hex, at, 1)) * 16 + digit(substr(hex, at + 1, 1))
    high = digit(substr(hex, at + 2, 1)) * 16 + digit(substr(hex, at + 3, 1))
    if (low + high == 0) break
    text = text (high == 0 && low >= 32 && low < 127 ? sprintf("%c", low) : "?")
  }
  return "\"" text "\""
}

BEGIN {
  name["001f3001"] = "PR_DISPLAY_NAME"; name["001f3004"] = "PR_COMMENT"
  name["0102300b"] = "PR_SEARCH_KEY"; name["001f3d09"] = "PR_SERVICE_NAME"
  name["01023d0c"] = "PR_SERVICE_UID"; name["01023d0e"] = "PR_SERVICES"
  name["001f3d12"] = "PR_PROFILE_NAME"
}

{ sub(/\r$/, "") }

/^HKEY/ {
  path = substr($0, index($0, base) + length(base) + 1)
  if (path != "") {
    parts = split(path, part, "\\")
    printf "%*s%s\n", 2 * (parts - 1), "", part[parts]
  }
  next
}

/^    / && path != "" {
  split($0, field, /    /)  # "", value name, type, data
  if (field[3] != "REG_BINARY") {
    printf "%*s%s: %s\n", 2 * parts, "", field[2], field[4]
    next
  }
  shown = substr(field[2], 1, 4) == "001f" ? decoded(field[4]) : tolower(field[4])
  printf "%*s%-9s %-16s %s\n", 2 * parts, "", field[2], name[field[2]], shown
}
