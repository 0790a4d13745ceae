// The texts behind examples.h.
#include "client-lib/cli/examples.h"

namespace profile_broker::client::cli {
namespace {

struct Example {
  std::string_view command;
  const char* line;  // after "profile-broker "
  const char* what;
  bool is_general = false;  // also in the help of the tool as a whole
};

constexpr Example kExamples[] = {
    {"status", "status", "version, state, counts, limits"},
    {"status", "status --json", "the same for a monitoring program"},
    {"doctor", "doctor", "what is wrong here, and what to do", true},
    {"doctor", "doctor --json", "the findings as one JSON document"},
    {"list", "list", "the profiles of this account that are in use", true},
    {"list", "list --all", "of all accounts (administrators)", true},
    {"query", "query \"Mail Gateway\"", "whether it is in use, and by whom"},
    {"query", "query \"Mail Gateway\" && backup.exe", "only when nobody uses it"},
    {"query", "query -- -odd-", "a name that begins with -"},
    {"holders", "holders \"Mail Gateway\"", "who uses the profile, in which session", true},
    {"holders", "holders \"Mail Gateway\" --json", "the processes with the time of each"},
    {"delete", "delete \"Mail Gateway\"", "delete it now, or when its last user ends", true},
    {"undelete", "undelete \"Mail Gateway\"", "keep it after all"},
    {"sweep", "sweep", "delete what crashed programs left behind", true},
    {"sweep", "sweep --json", "what was deleted, kept and failed"},
    {"watch", "watch --all", "on a terminal: who uses what, until Ctrl+C", true},
    {"watch", "watch --all >> events.ndjson", "to a file or program: a JSON object per event"},
    {"watch", "watch --count 1", "wait until something happens"},
    {"mapi", "mapi list", "the protected programs"},
    {"mapi", "mapi enable GATEWAY.EXE", "protect a program that nobody changes", true},
    {"mapi enable", "mapi enable GATEWAY.EXE BACKUP.EXE", "two programs, by file name"},
    {"mapi enable", "mapi enable --default", "every program without a MAPI of its own"},
    {"mapi enable", "mapi enable FAX.EXE --provider C:\\fax.dll", "with its own MAPI"},
    {"mapi disable", "mapi disable GATEWAY.EXE", "back to what it had"},
    {"mapi disable", "mapi disable --all", "every program"},
    {"mapi list", "mapi list", "who is routed, and to which MAPI"},
};

struct ExitCodeLine {
  std::string_view command;  // empty: of the tool as a whole
  const char* code;
  const char* meaning;
};

constexpr ExitCodeLine kExitCodes[] = {
    {"", "0", "done; query: not in use; doctor: no problem, though there may be warnings"},
    {"", "1", "the service refused, or a profile could not be deleted; doctor: a problem"},
    {"", "2", "the command line is wrong"},
    {"", "3", "no service answered"},
    {"", "4", "query: in use or being deleted; delete: the deletion waits"},
    {"query", "0", "not in use"},
    {"query", "4", "in use or being deleted"},
    {"query", "3", "no service answered"},
    {"delete", "0", "deleted"},
    {"delete", "4", "marked; deleted when its last user ends"},
    {"delete", "1", "not deleted"},
    {"delete", "3", "only marked, since no service answered"},
    {"doctor", "0", "no problem, though there may be warnings"},
    {"doctor", "1", "at least one problem"},
    {"watch", "0", "ended by Ctrl+C on a terminal, or by --count"},
    {"watch", "3", "the service ended or did not answer"},
};

}  // namespace

std::vector<Row> examples_of(std::string_view command) {
  std::vector<Row> rows;
  for (const auto& example : kExamples) {
    if (command.empty() ? example.is_general : example.command == command) {
      rows.push_back({std::string("  profile-broker ") + example.line, example.what});
    }
  }
  return rows;
}

std::vector<Row> exit_codes_of(std::string_view command) {
  std::vector<Row> rows;
  for (const auto& line : kExitCodes) {
    if (line.command == command) {
      rows.push_back({std::string("  ") + line.code, line.meaning});
    }
  }
  return rows;
}

}  // namespace profile_broker::client::cli
