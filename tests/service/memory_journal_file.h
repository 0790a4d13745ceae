// A journal file in memory that can be told to fail, for tests of what the journal makes of it.
#pragma once

#include <string>
#include <utility>

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
  std::optional<FileTrouble> begin_next() override {
    next = "";
    return std::nullopt;
  }
  std::optional<FileTrouble> append_to_next(std::string_view bytes) override {
    if (full) {
      drop_next();
      return FileTrouble{"disk full"};
    }
    next.value().append(bytes);
    return std::nullopt;
  }
  std::variant<bool, FileTrouble> settle_next() override {
    unsettled = unsettled > 0 ? unsettled - 1 : settles_after;
    return unsettled == 0;
  }
  std::optional<FileTrouble> put_next_in_place() override {
    if (kept_open) {
      drop_next();
      return FileTrouble{"kept open"};
    }
    content = std::exchange(next, std::nullopt).value();
    removed = false;
    ++replaced;
    return std::nullopt;
  }
  void drop_next() noexcept override { next.reset(); }
  std::optional<FileTrouble> look() override {
    return removed ? std::optional(FileTrouble{"removed"}) : std::nullopt;
  }
  std::variant<std::string, FileTrouble> keep_aside(std::string_view bytes,
                                                    std::string_view) override {
    aside.append(bytes);
    return std::string("aside");
  }

  std::string content;
  std::optional<std::string> next;  // what is to take the content's place
  std::string aside;
  unsigned settles_after = 0;  // so many looks, as a slow disk
  unsigned unsettled = 0;
  bool full = false;
  bool kept_open = false;  // by somebody who lets it grow and not be replaced
  bool removed = false;    // appends go to a file that has no name any more
  int replaced = 0;
};

}  // namespace profile_broker::service
