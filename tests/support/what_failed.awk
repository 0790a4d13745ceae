# Reads a log (of ctest, of node's test runner, of Catch, of a compiler) and says in a line each what failed in it and why. At most
# two lines for each test of ctest: a long log's end shows what came last, this shows what went wrong. Run by progress.sh.

function finding(text) {
  gsub(/[ \t]+/, " ", text)
  if (++findings[test] <= (test == "" ? 8 : 2)) {
    print "  " (test == "" ? "" : test ": ") substr(text, 1, 400)
  }
}

# A failing test of which nothing below knew a reason: its last words.
function test_ends() {
  finish()
  if (failing && !(test in findings)) {
    finding(how (last == "" ? "" : ": " last))
  }
  failing = 0
}

# What was being collected, lines joined, is a finding.
function finish() {
  if (collecting != "" && collecting != "nothing") {
    finding(collected)
  }
  collecting = ""
}

function collect(kind, text) {
  finish()
  collecting = kind
  collected = text
  lines = 0
}

function add() {
  if ($0 !~ /^[ \t]*$/ && ++lines <= 8) {
    collected = collected " " $0
  }
}

{ sub(/\r$/, "") }  # programs under Wine

# ctest: the line that ends a test, and the output of it that follows when it failed.
/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
  test_ends()
  in_ctest = 1
  failing = /\*\*\*/ && !/\*\*\*Skipped/
  test = $0
  sub(/^[^:]*: /, "", test)
  sub(/ .*/, "", test)
  how = $0
  sub(/^.*\.\.\./, "", how)
  sub(/ +[0-9.]+ sec.*/, "", how)
  last = ""
  in_heading = 0
  next
}
/^[0-9]+% tests passed/ { test_ends(); in_ctest = 1; next }
in_ctest && !failing { next }
/^ +Start +[0-9]+: / { next }
/[^ \t]/ { last = $0 }

# node, TAP: "not ok", and in its details why. A test that failed because one inside it did says nothing new.
/^ *not ok [0-9]+/ && !/# (SKIP|TODO)/ {
  collect("tap", $0)
  sub(/^ *not ok [0-9]+ (- )?/, "", collected)
  collected = "not ok: " collected ":"
  in_error = 0
  next
}
collecting == "nothing" {
  if (/^ *\.\.\.$/) {
    collecting = ""
  }
  next
}
collecting == "tap" {
  if (/failureType: 'subtestsFailed'/) {
    collecting = "nothing"
  } else if (/^ *error: \|-?$/) {
    in_error = 1
  } else if (/^ *error: /) {
    sub(/^ *error: /, "")
    add()
  } else if (/^ *(code|name|stack|expected|actual|operator): / || /^ *\.\.\.$/) {
    in_error = 0
    if (/^ *\.\.\.$/) {
      finish()
    }
  } else if (in_error) {
    add()
  }
  next
}

# node, "spec": the list at the end.
/^✖ failing tests:/ { in_list = 1; next }
in_list && /^✖ / { collect("spec", $0 ":"); next }
collecting == "spec" {
  if (/^ +at /) {
    finish()
  } else {
    add()
  }
  next
}

# Catch: the test's name stands between two lines of dashes, the reason ends with an empty line.
/^-----------------------------------------------------------------------/ { in_heading = !in_heading; heading = ""; next }
in_heading {
  if (heading == "") {
    heading = case_name = $0
  }
  next
}
/: FAILED:$/ { collect("catch", case_name ": " $0); next }
collecting == "catch" {
  if (/^[ \t]*$/) {
    finish()
  } else {
    add()
  }
  next
}

# The generated histories: what was not as it should be, before the steps that lead to it.
/^the history of seed .* fails at step/ { collect("history", $0); next }
collecting == "history" {
  if (/^$|^shrunk to/) {
    finish()
  } else {
    add()
  }
  next
}

# Sanitizers, our own programs and scripts, compilers.
/ERROR: [A-Za-z]+Sanitizer|WARNING: ThreadSanitizer|: runtime error: |^ *(FAILED|PROPERTY VIOLATED)|(^|[^A-Za-z])error: / { finding($0) }

END { test_ends() }
