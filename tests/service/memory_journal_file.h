// A journal file in memory that can be told to fail, for tests of what the journal makes of it.
#pragma once

#include <string>

#include "service/journal_file.h"

namespace profile_broker::service {

class MemoryJournalFile final : public JournalFile {
 public:
  std::variant<std::string, FileTrouble> read_all() override { return content; }
  std::optional<FileTrouble> append(std::string_view bytes) override {
    if (full) {
      return FileTrouble{"disk full"};
    }
    content.append(bytes);
    return std::nullopt;
  }
  std::optional<FileTrouble> replace(std::string_view bytes) override {
    if (full || kept_open) {
      return FileTrouble{full ? "disk full" : "kept open"};
    }
    content = bytes;
    removed = false;
    ++replaced;
    return std::nullopt;
  }
  std::optional<FileTrouble> look() override {
    return removed ? std::optional(FileTrouble{"removed"}) : std::nullopt;
  }
  std::variant<std::string, FileTrouble> keep_aside(std::string_view bytes,
                                                    std::string_view) override {
    aside.append(bytes);
    return std::string("aside");
  }

  std::string content;
  std::string aside;
  bool full = false;
  bool kept_open = false;  // by somebody who lets it grow and not be replaced
  bool removed = false;    // appends go to a file that has no name any more
  int replaced = 0;
};

}  // namespace profile_broker::service
