// The texts behind examples.h.
#include "client-lib/cli/examples.h"

#include <algorithm>
#include <vector>

#include "client-lib/cli/table.h"

namespace profile_broker::client::cli {
namespace {

struct Example {
  const char* command;
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
    {"mapi enable", "mapi enable FAX.EXE --provider C:\\Fax\\faxmapi.dll", "with its own MAPI"},
    {"mapi disable", "mapi disable GATEWAY.EXE", "back to what it had"},
    {"mapi disable", "mapi disable --all", "every program"},
    {"mapi list", "mapi list", "who is routed, and to which MAPI"},
};

constexpr const char* kExitCodes =
    "\n"
    "Exit codes:\n"
    "  0  done; query: the profile is not in use; doctor: no problem (there may be warnings)\n"
    "  1  the service refused, or a profile could not be deleted; doctor: a problem\n"
    "  2  the command line is wrong\n"
    "  3  no service answered\n"
    "  4  query: the profile is in use or being deleted; delete: the deletion waits\n";

struct OwnExitCodes {
  const char* command;
  const char* text;
};

constexpr OwnExitCodes kOwnExitCodes[] = {
    {"query", "\nExit codes: 0 not in use, 4 in use or being deleted, 3 no service answered\n"},
    {"delete",
     "\nExit codes: 0 deleted, 4 marked until its last user ends, 1 not deleted, 3 only "
     "marked since no service answered\n"},
    {"doctor", "\nExit codes: 0 no problem (there may be warnings), 1 at least one problem\n"},
    {"watch",
     "\nExit codes: 0 ended by Ctrl+C on a terminal or by --count, 3 the service ended or "
     "did not answer\n"},
};

template <typename Wanted>
std::string examples(Wanted&& wanted) {
  std::vector<Row> rows;
  for (const auto& example : kExamples) {
    if (wanted(example)) {
      rows.push_back({std::string("  profile-broker ") + example.line, example.what});
    }
  }
  return "Examples:\n" + aligned(rows);
}

}  // namespace

std::string help_footer() {
  return examples([](const Example& example) { return example.is_general; }) + kExitCodes;
}

std::string help_footer(std::string_view command) {
  const auto* codes = std::find_if(std::begin(kOwnExitCodes), std::end(kOwnExitCodes),
                                   [&](const OwnExitCodes& own) { return own.command == command; });
  return examples([&](const Example& example) { return example.command == command; }) +
         (codes == std::end(kOwnExitCodes) ? "" : codes->text);
}

}  // namespace profile_broker::client::cli
