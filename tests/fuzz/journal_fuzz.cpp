// Fuzzes the reading of a journal (service/journal.h): whatever the file holds, the service starts
// with a table that keeps its invariants, says what was damaged and keeps it aside; what it then
// writes is read back as the same table, without damage. The input is a journal's text; a line that
// starts with {"n": gets its checksum here, so that the fuzzer comes beyond the checksum, and one
// that has a checksum keeps it, right or wrong.
#include <algorithm>
#include <boost/crc.hpp>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "service/journal.h"
#include "tests/fuzz/require.h"
#include "tests/service/memory_journal_file.h"
#include "tests/service/remembering_log.h"
#include "tests/service/table_invariants.h"

namespace profile_broker::fuzz {
namespace {

using namespace service;

std::string with_checksums(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    if (line.starts_with("{\"n\":")) {
      const auto covered = line.substr(1);
      boost::crc_32_type crc;
      crc.process_bytes(covered.data(), covered.size());
      char sum[9];
      std::snprintf(sum, sizeof sum, "%08x", static_cast<unsigned>(crc.checksum()));
      lines.append("{\"crc\":\"").append(sum).append("\",").append(covered);
    } else {
      lines.append(line);
    }
    if (end == std::string_view::npos) {
      break;
    }
    lines.push_back('\n');
    text.remove_prefix(end + 1);
  }
  return lines;
}

// A start of the service on this file.
struct Start {
  MemoryJournalFile file;
  ReferenceTable table;
  RememberingLog log;
  Journal journal{file, table, log, [] { return JournalOpened{1, "1.2.3", "i", "boot", {}}; }};
  Replayed replayed;

  explicit Start(std::string content) {
    file.content = std::move(content);
    replayed = std::get<Replayed>(journal.replay_into(table));
    const auto wrong = broken_invariant(table);
    require(wrong.empty(), "a journal brought the table out of shape:", wrong);
  }
};

void one_journal(std::string_view text) {
  Start first(with_checksums(text));
  const auto lines = static_cast<std::uint64_t>(
      std::count(first.file.content.begin(), first.file.content.end(), '\n'));
  // Lines that are missing, by the numbers of those around them, count as damaged, too.
  require(first.replayed.records <= lines &&
              first.replayed.records + first.replayed.damaged_lines >= lines,
          "a line is neither a record nor damaged");
  require((first.replayed.damaged_lines > 0) == (first.log.warnings > 0),
          "damage without a warning, or a warning without damage");
  require((first.replayed.records < lines) == !first.file.aside.empty(),
          "damaged lines were not kept aside");
  require(!(first.replayed.closed_cleanly && first.replayed.damaged_lines > 0),
          "a damaged journal counts as closed in order");

  const auto described = description_of(first.table);
  require(first.journal.rewrite(), "the journal cannot be rewritten");
  const Start second(first.file.content);
  require(second.replayed.damaged_lines == 0, "what was written is damaged:", second.file.aside);
  require(description_of(second.table) == described, "what was written is read as another table");

  // One change more, appended to either file, is one change more in either table.
  const auto name = std::get<ProfileName>(ProfileName::parse("One More"));
  const Change more = change::Deferred{"S-1-5-21-1", name};
  if (const auto* profile = first.table.find_profile("S-1-5-21-1", name);
      !profile || !profile->claim()) {
    require(first.journal.keep(more) && first.table.apply(more), "a change cannot be kept");
    const Start third(first.file.content);
    require(third.replayed.damaged_lines == 0 &&
                description_of(third.table) == description_of(first.table),
            "a change that was appended is not read back");
  }
}

}  // namespace
}  // namespace profile_broker::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  profile_broker::fuzz::one_journal({reinterpret_cast<const char*>(data), size});
  return 0;
}
