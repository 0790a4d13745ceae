// The journal's file on Linux (journal_file.h): appended to through memory that is mapped to its
// end, flock against a second broker, rename to replace. While it is open, and after a crash, zeros
// follow the last record; they do not belong to the content.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "service/journal_file.h"
#include "service/mapped_tail_posix.h"
#include "service/unique_fd_posix.h"

namespace profile_broker::service {
namespace {

constexpr int kUnderWay = -1;
// What is appended to the next file while that is written out has its room on the disk taken
// before, as the end of a journal has: nothing is left for the rename to do.
constexpr off_t kRoomMeanwhile = off_t{4} * 1024 * 1024;

FileTrouble trouble(const std::string& what, const std::string& path) {
  return {what + " " + path + ": " + std::generic_category().message(errno)};
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool is_same_file(int fd, const std::string& path) {
  struct stat open {};
  struct stat named {};
  return ::fstat(fd, &open) == 0 && ::lstat(path.c_str(), &named) == 0 &&
         open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

// Opens or makes a plain file. No link, which leads elsewhere, and no device or pipe, which may
// never end.
std::variant<UniqueFd, StartFailure> open_plain_file(const std::string& path) {
  UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  struct stat facts {};
  if (file ? ::fstat(file.get(), &facts) == 0 && !S_ISREG(facts.st_mode) : errno == ELOOP) {
    return StartFailure{ExitCode::state_folder,
                        path +
                            " is a link, or no plain file. Remove it: somebody has tampered "
                            "with the state folder"};
  }
  if (!file) {
    return StartFailure{ExitCode::state_folder, trouble("cannot open", path).text +
                                                    ". Mend its permissions: the service's user "
                                                    "must be able to read and write it"};
  }
  return file;
}

// Makes the folder if it is not there, and locks it against other brokers.
std::variant<UniqueFd, StartFailure> lock_folder(const std::string& folder) {
  std::error_code error;
  if (std::filesystem::create_directories(folder, error)) {
    ::chmod(folder.c_str(), 0700);
  }
  if (error) {
    return StartFailure{ExitCode::state_folder,
                        "the state folder " + folder + " cannot be used: " + error.message() +
                            ". Name another with --state, or mend its permissions"};
  }
  auto lock = open_plain_file(folder + "/lock");
  if (const auto* fd = std::get_if<UniqueFd>(&lock);
      fd && ::flock(fd->get(), LOCK_EX | LOCK_NB) != 0) {
    return StartFailure{ExitCode::state_in_use,
                        "another broker works on the state folder " + folder +
                            ". Stop it first, or name another folder with --state"};
  }
  return lock;
}

class PosixJournalFile final : public JournalFile {
 public:
  PosixJournalFile(std::string folder, UniqueFd lock, UniqueFd file)
      : folder_(std::move(folder)), lock_(std::move(lock)), file_(std::move(file)) {}
  PosixJournalFile(const PosixJournalFile&) = delete;
  PosixJournalFile& operator=(const PosixJournalFile&) = delete;
  ~PosixJournalFile() override {
    drop_next();
    tail_.reset();
    // When it fails, zeros stay behind the content, as after a crash.
    [[maybe_unused]] const int failed =
        size_ ? ::ftruncate(file_.get(), static_cast<off_t>(*size_)) : 0;
  }

  std::variant<std::string, FileTrouble> read_all() override {
    std::string content;
    struct stat facts {};
    if (::fstat(file_.get(), &facts) == 0) {
      content.reserve(static_cast<std::size_t>(facts.st_size) + 1);
    }
    char buffer[64 * 1024];
    for (;;) {
      const auto got =
          ::pread(file_.get(), buffer, sizeof buffer, static_cast<off_t>(content.size()));
      if (got < 0 && errno == EINTR) {
        continue;
      }
      if (got < 0) {
        return trouble("cannot read", path());
      }
      if (got == 0) {
        content.erase(content.find_last_not_of('\0') + 1);
        size_ = content.size();
        return content;
      }
      content.append(buffer, static_cast<std::size_t>(got));
    }
  }

  std::optional<FileTrouble> append(std::string_view bytes) override {
    if (!size_) {
      auto read = read_all();
      if (auto* unreadable = std::get_if<FileTrouble>(&read)) {
        return std::move(*unreadable);
      }
    }
    if (const int error = tail_.write(file_.get(), *size_, bytes)) {
      errno = error;
      return trouble("cannot write", path());
    }
    *size_ += bytes.size();
    return std::nullopt;
  }

  std::optional<FileTrouble> begin_next() override {
    drop_next();
    if (auto lost = keep_folder()) {
      return lost;
    }
    ::unlink(next_path().c_str());  // of a service that was killed, or anything else
    next_ = UniqueFd(::open(next_path().c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    return next_ ? std::nullopt : next_is_in_trouble();
  }

  std::optional<FileTrouble> append_to_next(std::string_view bytes) override {
    if (!write_all(next_.get(), bytes)) {
      return next_is_in_trouble();
    }
    next_size_ += bytes.size();
    return std::nullopt;
  }

  std::variant<bool, FileTrouble> settle_next() override {
    if (!settling_) {
      settling_ = true;
      settled_ = kUnderWay;
      try {
        beside_ = std::jthread([this, fd = next_.get(), size = next_size_] {
          ::fallocate(fd, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(size), kRoomMeanwhile);
          settled_ = ::fdatasync(fd) == 0 ? 0 : errno;
        });
      } catch (const std::system_error&) {  // no thread to be had: rename() will wait
        settled_ = 0;
      }
    }
    if (const int error = settled_; error > 0) {
      errno = error;
      return *next_is_in_trouble();
    }
    return settled_ == 0;
  }

  std::optional<FileTrouble> put_next_in_place() override {
    if (::rename(next_path().c_str(), path().c_str()) != 0) {
      return next_is_in_trouble();
    }
    tail_.reset();
    UniqueFd old = std::exchange(file_, std::move(next_));
    size_ = std::exchange(next_size_, 0);
    // Before the file system is busy with the old one's room; trouble comes again with an append.
    static_cast<void>(tail_.write(file_.get(), *size_, ""));
    try {
      beside_ = std::jthread([closed = std::move(old)] {});
    } catch (const std::system_error&) {  // no thread to be had: it is closed here
    }
    settling_ = false;
    return std::nullopt;
  }

  void drop_next() noexcept override {
    if (std::exchange(settling_, false)) {
      beside_ = {};
    }
    if (next_) {
      ::unlink(next_path().c_str());  // half a file would hold the last of the disk's room
      next_ = UniqueFd();
      next_size_ = 0;
    }
  }

  std::optional<FileTrouble> look() override {
    return is_same_file(file_.get(), path())
               ? std::nullopt
               : std::optional(FileTrouble{path() + " was removed or replaced by somebody else"});
  }

  std::variant<std::string, FileTrouble> keep_aside(std::string_view bytes,
                                                    std::string_view timestamp) override {
    const std::string aside = folder_ + "/damaged-" + std::string(timestamp) + ".ndjson";
    UniqueFd file(
        ::open(aside.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file || !write_all(file.get(), bytes)) {
      return trouble("cannot write", aside);
    }
    return aside;
  }

 private:
  std::string path() const { return folder_ + "/journal.ndjson"; }
  std::string next_path() const { return path() + ".new"; }
  std::optional<FileTrouble> next_is_in_trouble() {
    auto text = trouble("cannot write", next_path());
    drop_next();
    return text;
  }

  // A folder that somebody removed or replaced is made and locked anew.
  std::optional<FileTrouble> keep_folder() {
    if (is_same_file(lock_.get(), folder_ + "/lock")) {
      return std::nullopt;
    }
    auto lock = lock_folder(folder_);
    if (auto* failure = std::get_if<StartFailure>(&lock)) {
      return FileTrouble{std::move(failure->text)};
    }
    lock_ = std::get<UniqueFd>(std::move(lock));
    return std::nullopt;
  }

  std::string folder_;
  UniqueFd lock_;  // flock on the folder's lock file: it survives the journal's replacement
  UniqueFd file_;
  MappedTail tail_;
  std::optional<std::uint64_t> size_;  // of the content; nothing before it was read
  UniqueFd next_;
  std::uint64_t next_size_ = 0;
  bool settling_ = false;         // settle_next() was asked of this next_
  std::atomic<int> settled_ = 0;  // or errno, or kUnderWay
  // What waits for the disk, for 20 to 80 ms, in which nobody would be served. First what a rename
  // over another file does on ext4 and btrfs, so that a crash of the system does not leave an empty
  // file: it writes out what has no place on the disk yet. Then the last close of the file that was
  // replaced, which frees its room. Last, so that it ends before what it uses.
  std::jthread beside_;
};

}  // namespace

std::variant<std::unique_ptr<JournalFile>, StartFailure> open_journal_file(
    const std::string& state_folder) {
  auto lock = lock_folder(state_folder);
  if (auto* failure = std::get_if<StartFailure>(&lock)) {
    return std::move(*failure);
  }
  auto file = open_plain_file(state_folder + "/journal.ndjson");
  if (auto* failure = std::get_if<StartFailure>(&file)) {
    return std::move(*failure);
  }
  return std::make_unique<PosixJournalFile>(state_folder, std::get<UniqueFd>(std::move(lock)),
                                            std::get<UniqueFd>(std::move(file)));
}

}  // namespace profile_broker::service
