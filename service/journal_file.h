// The journal's bytes on disk: one append-only file in the state folder, held exclusively, replaced
// as a whole when it is compacted. Knows no records. Appends are handed to the operating system,
// not forced to the disk: references die with the machine, so what the kernel holds is enough (a
// crash of the service loses nothing that was answered).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "service/exit_codes.h"

namespace profile_broker::service {

// What went wrong, in the operating system's words, with the path.
struct FileTrouble {
  std::string text;
};

class JournalFile {
 public:
  virtual ~JournalFile() = default;

  virtual std::variant<std::string, FileTrouble> read_all() = 0;
  // All of it or nothing: on trouble the file is cut back to where it was; when even that fails,
  // later appends fail until replace() succeeds.
  virtual std::optional<FileTrouble> append(std::string_view bytes) = 0;
  // Makes content the whole file, atomically: a crash leaves the old or the new.
  std::optional<FileTrouble> replace(std::string_view content);
  // The same in pieces: a file beside this one, which is appended to until it takes this one's
  // place. There is one at a time; beginning one drops the one before, and so does trouble.
  virtual std::optional<FileTrouble> begin_next() = 0;
  virtual std::optional<FileTrouble> append_to_next(std::string_view bytes) = 0;
  // Whether it can take this one's place with nobody waiting for the disk. The first call begins
  // what that takes, beside the caller; ask again after some work, or do not ask at all. What is
  // appended in the meantime counts as appends to this file do.
  virtual std::variant<bool, FileTrouble> settle_next() { return true; }
  virtual std::optional<FileTrouble> put_next_in_place() = 0;
  virtual void drop_next() noexcept = 0;
  // Trouble when somebody has removed the file or put another in its place: what is appended would
  // be lost with this process. replace() mends it, and makes the folder anew if that is gone, too.
  // On Windows nothing is looked for: the open lock keeps the folder where it is.
  virtual std::optional<FileTrouble> look() { return std::nullopt; }
  // Puts bytes that could not be understood into a file of their own beside the journal; returns
  // that file's name.
  virtual std::variant<std::string, FileTrouble> keep_aside(std::string_view bytes,
                                                            std::string_view timestamp) = 0;
  // The service does not start after all: what says nothing need not stay. On Windows the files of
  // an empty journal go when this object does, so that an installation that failed leaves no trace.
  virtual void discard_if_empty() noexcept {}
};

inline std::optional<FileTrouble> JournalFile::replace(std::string_view content) {
  auto trouble = begin_next();
  if (!trouble) {
    trouble = append_to_next(content);
  }
  return trouble ? trouble : put_next_in_place();
}

// Opens <state>/journal.ndjson, making folder (secured for SYSTEM and Administrators on Windows,
// 0700 on Linux) and file where they are missing. Refuses a journal that another process has open
// (state_in_use).
std::variant<std::unique_ptr<JournalFile>, StartFailure> open_journal_file(
    const std::string& state_folder);

}  // namespace profile_broker::service
