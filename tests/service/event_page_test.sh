#!/usr/bin/env bash
# docs/events.md lists every event of service/events.mc, with its level and its words, and no other; the service writes
# each of them, and a test looks for each. Says which rows are missing or not known, and which events are dead.
#
#   event_page_test.sh MESSAGES PAGE
set -euo pipefail

rows_of_messages() {
  awk '
    /^;\/\/ [a-z_]+:/ {
      name = $2; sub(/:$/, "", name); sub(/^[^:]*: ?/, "")
      names[name] = $0
      next
    }
    /^MessageId=/ { id = substr($0, 11) }
    /^Severity=/ { level = substr($0, 10); sub(/al$/, "", level); sub(/^Information$/, "Information", level) }
    /^SymbolicName=/ { symbol = substr($0, 14) }
    /^Language=/ { language = substr($0, 10); count = 0; next }
    /^\.$/ {
      if (language == "English") {
        row = "| " id " | " level
        inserts = split(names[symbol], insert, /, */)
        for (i = 1; i <= count; i++) {
          for (n = 1; n <= inserts; n++) gsub("%" n, "*" insert[n] "*", line[i])
          row = row " | " line[i]
        }
        print row " |"
      }
      language = ""
      next
    }
    language != "" { line[++count] = $0 }
  ' "$1"
}

wanted=$(rows_of_messages "$1")
[[ $(wc -l <<<"$wanted") -ge 20 ]] || { echo "cannot read the events of $1" >&2; exit 1; }
diff <(echo "$wanted") <(grep -E '^\| [0-9]{3} \|' "$2") || {
  echo "$2 does not list the events as they are: < is missing there, > is not known" >&2
  exit 1
}

service=$(dirname "$1")
tests=$(dirname "${BASH_SOURCE[0]}")/..
dead=0
while read -r id name; do
  grep -rqF "log_event<LogEventId::$name>" "$service" --include='*.cpp' || { echo "nothing writes event $id, $name" >&2; dead=1; }
  grep -rqE "LogEventId::$name\b|event_written $id\b|event $id\b" "$tests" || { echo "no test looks for event $id, $name" >&2; dead=1; }
done < <(awk '/^MessageId=/ { id = substr($0, 11) } /^SymbolicName=/ { print id, substr($0, 14) }' "$1" | tr -d '\r')
((dead == 0))
echo "$(wc -l <<<"$wanted") events, all documented, written and tested"
