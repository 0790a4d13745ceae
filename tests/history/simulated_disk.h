// The journal's file in memory, with everything that a disk and a dying process do to a write:
// full, failing after any number of bytes (cut back, or torn for good), and a service that dies at
// any byte of a write or on either side of a replacement. And what no crash does: damage.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "service/journal_file.h"

namespace profile_broker::history {

// Thrown out of a write by a service that dies in it, and out of every later one. The service may
// catch it where it catches everything: whoever called it asks require_alive() then.
struct ServiceDied {};

enum class Damage {
  none,        // nothing there to be damaged, or nothing has changed
  like_crash,  // the file's end is missing: nobody can tell that from a crash
  visible,
};

class SimulatedDisk final : public service::JournalFile {
 public:
  std::variant<std::string, service::FileTrouble> read_all() override { return content; }
  std::optional<service::FileTrouble> append(std::string_view bytes) override;
  std::optional<service::FileTrouble> begin_next() override;
  std::optional<service::FileTrouble> append_to_next(std::string_view bytes) override;
  std::optional<service::FileTrouble> put_next_in_place() override;
  void drop_next() noexcept override { next_.clear(); }
  std::variant<std::string, service::FileTrouble> keep_aside(std::string_view bytes,
                                                             std::string_view) override;

  // Flips a bit, cuts, doubles, swaps, drops or garbles. Several lines at once only when
  // many_lines.
  Damage damage(std::uint32_t how, bool many_lines);

  // Throws ServiceDied when the service has died in a write and went on as if it had not.
  void require_alive() const {
    if (dead_) {
      throw ServiceDied{};
    }
  }
  // What a new process finds: armed faults were meant for the old one.
  void process_gone();

  std::string content;
  std::string aside;
  bool full = false;
  bool not_replaceable = false;                   // somebody keeps the file open
  std::optional<std::uint32_t> next_write_fails;  // after so many of its bytes
  std::optional<std::uint32_t> dies_in_write;     // after so many of its bytes
  bool replaces_in_place = false;                 // a mutation: no new file, no rename
  std::uint64_t replacements = 0;

 private:
  [[noreturn]] void die();

  std::string next_;
  bool dead_ = false;
  bool torn_ = false;  // the last failed write could not be cut back
};

}  // namespace profile_broker::history
