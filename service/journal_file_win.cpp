// The journal's bytes on Windows: journal.ndjson, and beside it a file named lock, which one broker
// at a time has open. The lock stays while a replacement changes the file under the name, when for
// a moment the journal itself is nobody's.
#include "service/journal_file.h"

#include <windows.h>

#include <algorithm>
#include <utility>

#include "service/handle_win.h"
#include "service/state_folder_win.h"
#include "service/windows_text_win.h"

namespace profile_broker::service {
namespace {

constexpr std::size_t kLargestTransfer = 1 << 20;

// Paths are shown without the \\?\ that they begin with.
std::string shown(const std::wstring& path) {
  return utf8_text(path.substr(4));
}

FileTrouble trouble(const char* what, const std::wstring& path, DWORD error = GetLastError()) {
  return {std::string(what) + " " + shown(path) + ": " + windows_error_text(error)};
}

// Readers may look while the broker works, if they let it replace the file meanwhile: that DELETE
// is among the rights keeps out whoever does not share deleting. FILE_SHARE_DELETE, where given,
// lets our own MoveFileExW have the file while it is open.
KernelHandle open_file(const std::wstring& path, DWORD sharing, DWORD disposition) {
  return own_file_handle(
      CreateFileW(path.c_str(), GENERIC_READ | GENERIC_WRITE | DELETE, sharing, nullptr,
                  disposition, FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
}

bool is_link(HANDLE file) {
  BY_HANDLE_FILE_INFORMATION facts{};
  return GetFileInformationByHandle(file, &facts) == FALSE ||
         (facts.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0;
}

bool go_to(HANDLE file, std::uint64_t position) {
  LARGE_INTEGER distance{};
  distance.QuadPart = static_cast<LONGLONG>(position);
  return SetFilePointerEx(file, distance, nullptr, FILE_BEGIN) != FALSE;
}

// At the file pointer, which stays behind what was written: under Wine a position with each write
// (OVERLAPPED) costs a call of its server.
bool write_on(HANDLE file, std::string_view bytes) {
  while (!bytes.empty()) {
    DWORD written = 0;
    if (WriteFile(file, bytes.data(), static_cast<DWORD>(std::min(bytes.size(), kLargestTransfer)),
                  &written, nullptr) == FALSE ||
        written == 0) {
      return false;
    }
    bytes.remove_prefix(written);
  }
  return true;
}

class JournalFileOnDisk final : public JournalFile {
 public:
  JournalFileOnDisk(std::wstring folder, KernelHandle lock, KernelHandle file, std::uint64_t size)
      : folder_(std::move(folder)),
        path_(folder_ + L"\\journal.ndjson"),
        next_path_(path_ + L".new"),
        lock_(std::move(lock)),
        file_(std::move(file)),
        size_(size) {}
  JournalFileOnDisk(const JournalFileOnDisk&) = delete;
  JournalFileOnDisk& operator=(const JournalFileOnDisk&) = delete;
  ~JournalFileOnDisk() override { drop_next(); }

  std::variant<std::string, FileTrouble> read_all() override {
    std::string content(static_cast<std::size_t>(size_), '\0');
    std::size_t have = 0;
    at_end_ = false;
    if (!go_to(file_.get(), 0)) {
      return trouble("cannot read", path_);
    }
    while (have < content.size()) {
      DWORD got = 0;
      if (ReadFile(file_.get(), content.data() + have,
                   static_cast<DWORD>(std::min(content.size() - have, kLargestTransfer)), &got,
                   nullptr) == FALSE ||
          got == 0) {
        return trouble("cannot read", path_);
      }
      have += got;
    }
    return content;
  }

  std::optional<FileTrouble> append(std::string_view bytes) override {
    if (!file_) {
      return FileTrouble{"the last write to " + shown(path_) + " was cut off"};
    }
    if ((at_end_ || go_to(file_.get(), size_)) && write_on(file_.get(), bytes)) {
      at_end_ = true;
      size_ += bytes.size();
      return std::nullopt;
    }
    at_end_ = false;
    auto text = trouble("cannot write", path_);
    FILE_END_OF_FILE_INFO end{};
    end.EndOfFile.QuadPart = static_cast<LONGLONG>(size_);
    if (SetFileInformationByHandle(file_.get(), FileEndOfFileInfo, &end, sizeof end) == FALSE) {
      text.text += "; nor cut it back: " + windows_error_text(GetLastError());
      file_.reset();
    }
    return text;
  }

  std::optional<FileTrouble> begin_next() override {
    drop_next();
    auto next = open_file(next_path_, FILE_SHARE_READ | FILE_SHARE_DELETE, CREATE_ALWAYS);
    if (!next || is_link(next.get())) {
      return trouble("cannot make", next_path_);
    }
    next_ = std::move(next);
    return std::nullopt;
  }

  std::optional<FileTrouble> append_to_next(std::string_view bytes) override {
    if (!write_on(next_.get(), bytes)) {
      auto text = trouble("cannot write", next_path_);
      drop_next();
      return text;
    }
    next_size_ += bytes.size();
    return std::nullopt;
  }

  std::optional<FileTrouble> put_next_in_place() override {
    // Windows moves nothing over a file that is open.
    const bool was_usable = static_cast<bool>(file_);
    file_.reset();
    if (MoveFileExW(next_path_.c_str(), path_.c_str(), MOVEFILE_REPLACE_EXISTING) == FALSE) {
      const DWORD error = GetLastError();
      drop_next();
      if (was_usable) {
        file_ = open_file(path_, FILE_SHARE_READ | FILE_SHARE_DELETE, OPEN_EXISTING);
        at_end_ = false;
      }
      return trouble("cannot replace", path_, error);
    }
    file_ = std::move(next_);
    at_end_ = true;
    size_ = std::exchange(next_size_, 0);
    return std::nullopt;
  }

  void drop_next() noexcept override {
    if (next_) {
      next_.reset();
      DeleteFileW(next_path_.c_str());  // half a file would hold the last of the disk's room
      next_size_ = 0;
    }
  }

  std::variant<std::string, FileTrouble> keep_aside(std::string_view bytes,
                                                    std::string_view timestamp) override {
    auto stem = folder_ + L"\\damaged-" + wide_text(timestamp);
    // An RFC 3339 time has colons, which a file's name cannot have; the drive's colon stays.
    std::replace(stem.begin() + static_cast<std::ptrdiff_t>(folder_.size()), stem.end(), L':',
                 L'-');
    auto path = stem + L".ndjson";
    auto file = open_file(path, FILE_SHARE_READ, CREATE_NEW);
    for (int again = 2; !file && GetLastError() == ERROR_FILE_EXISTS && again < 100; ++again) {
      path = stem + L"-" + std::to_wstring(again) + L".ndjson";
      file = open_file(path, FILE_SHARE_READ, CREATE_NEW);
    }
    if (!file) {
      return trouble("cannot make", path);
    }
    if (!write_on(file.get(), bytes)) {
      return trouble("cannot write", path);
    }
    return shown(path);
  }

  void discard_if_empty() noexcept override {
    if (size_ == 0 && file_) {
      FILE_DISPOSITION_INFO when_closed{TRUE};
      for (HANDLE file : {file_.get(), lock_.get()}) {
        SetFileInformationByHandle(file, FileDispositionInfo, &when_closed, sizeof when_closed);
      }
    }
  }

 private:
  const std::wstring folder_;
  const std::wstring path_;
  const std::wstring next_path_;
  const KernelHandle lock_;  // never read or written: that it is open is its use
  KernelHandle file_;        // empty after a failure that left the file's end unknown
  std::uint64_t size_ = 0;
  bool at_end_ = false;  // file_'s pointer is where the next append belongs
  KernelHandle next_;
  std::uint64_t next_size_ = 0;
};

}  // namespace

std::variant<std::unique_ptr<JournalFile>, StartFailure> open_journal_file(
    const std::string& state_folder) {
  auto opened = open_state_folder(state_folder);
  if (auto* failure = std::get_if<StartFailure>(&opened)) {
    return std::move(*failure);
  }
  const auto& folder = std::get<StateFolder>(opened).path;
  const auto lock_path = folder + L"\\lock";
  auto lock = open_file(lock_path, 0, OPEN_ALWAYS);
  if (!lock) {
    const DWORD error = GetLastError();
    if (error == ERROR_SHARING_VIOLATION) {
      return StartFailure{ExitCode::state_in_use,
                          "Another broker works on the state folder " + state_folder +
                              ". Stop it (sc.exe query MapiProfileBroker), or give this one a "
                              "folder of its own with --state."};
    }
    return StartFailure{ExitCode::state_folder, trouble("cannot open", lock_path, error).text +
                                                    ". Check the folder's rights and the disk."};
  }
  const auto path = folder + L"\\journal.ndjson";
  auto file = open_file(path, FILE_SHARE_READ | FILE_SHARE_DELETE, OPEN_ALWAYS);
  LARGE_INTEGER size{};
  if (!file || GetFileSizeEx(file.get(), &size) == FALSE) {
    return StartFailure{ExitCode::journal_unreadable, trouble("cannot open", path).text +
                                                          ". Close the program that has it open."};
  }
  if (is_link(file.get()) || is_link(lock.get())) {
    return StartFailure{ExitCode::state_folder,
                        "The journal in " + state_folder +
                            " is a link. Remove it: somebody has tampered with the folder."};
  }
  return std::make_unique<JournalFileOnDisk>(folder, std::move(lock), std::move(file),
                                             static_cast<std::uint64_t>(size.QuadPart));
}

}  // namespace profile_broker::service
