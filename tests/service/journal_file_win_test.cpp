#include <windows.h>

#include <string>

#include "service/handle_win.h"
#include "service/journal_file.h"
#include "service/state_folder_win.h"
#include "service/windows_text_win.h"
#include "tests/support/catch.h"

namespace profile_broker::service {
namespace {

// A folder below the temporary one that nobody else has, removed with what is in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    static int made = 0;
    std::wstring temporary(MAX_PATH + 1, L'\0');
    temporary.resize(GetTempPathW(MAX_PATH + 1, temporary.data()));
    path_ = utf8_text(temporary) + "profile-broker-" + std::to_string(GetCurrentProcessId()) + "-" +
            std::to_string(++made);
    REQUIRE(CreateDirectoryW(wide_text(path_).c_str(), nullptr) != FALSE);
  }
  ~TemporaryFolder() { remove(LR"(\\?\)" + wide_text(path_)); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string sub(const std::string& name) const { return path_ + "\\" + name; }

 private:
  static void remove(const std::wstring& folder) {
    WIN32_FIND_DATAW found{};
    HANDLE search = FindFirstFileW((folder + L"\\*").c_str(), &found);
    if (search != INVALID_HANDLE_VALUE) {
      do {
        const std::wstring name = found.cFileName;
        if (name == L"." || name == L"..") {
          continue;
        }
        if ((found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
          remove(folder + L"\\" + name);
        } else {
          DeleteFileW((folder + L"\\" + name).c_str());
        }
      } while (FindNextFileW(search, &found) != FALSE);
      FindClose(search);
    }
    RemoveDirectoryW(folder.c_str());
  }

  std::string path_;
};

std::unique_ptr<JournalFile> open_or_fail(const std::string& folder) {
  auto opened = open_journal_file(folder);
  if (const auto* failure = std::get_if<StartFailure>(&opened)) {
    FAIL(failure->text);
  }
  return std::get<std::unique_ptr<JournalFile>>(std::move(opened));
}

StartFailure failure_of(const std::string& folder) {
  auto opened = open_journal_file(folder);
  REQUIRE(std::holds_alternative<StartFailure>(opened));
  return std::get<StartFailure>(std::move(opened));
}

std::string content_of(JournalFile& journal) {
  auto content = journal.read_all();
  REQUIRE(std::holds_alternative<std::string>(content));
  return std::get<std::string>(std::move(content));
}

bool exists(const std::string& path) {
  return GetFileAttributesW(wide_text(path).c_str()) != INVALID_FILE_ATTRIBUTES;
}

}  // namespace

TEST_CASE("A journal keeps what was appended for the next broker") {
  const TemporaryFolder folder;
  {
    const auto journal = open_or_fail(folder.sub("State"));
    CHECK(content_of(*journal).empty());
    CHECK_FALSE(journal->append("one\n"));
    CHECK_FALSE(journal->append("two\n"));
    CHECK(content_of(*journal) == "one\ntwo\n");
  }
  const auto journal = open_or_fail(folder.sub("State"));
  CHECK(content_of(*journal) == "one\ntwo\n");
  CHECK_FALSE(journal->append("three\n"));
  CHECK(content_of(*journal) == "one\ntwo\nthree\n");
}

TEST_CASE("A journal of several megabytes is written and read in whole") {
  const TemporaryFolder folder;
  std::string large;
  while (large.size() < 5'000'000) {
    large += "line " + std::to_string(large.size()) + "\n";
  }
  const auto journal = open_or_fail(folder.sub("State"));
  REQUIRE_FALSE(journal->append(large));
  CHECK(content_of(*journal) == large);
}

TEST_CASE("Replacing a journal makes the new content the whole file, and appends go behind it") {
  const TemporaryFolder folder;
  {
    const auto journal = open_or_fail(folder.sub("State"));
    REQUIRE_FALSE(journal->append("much history, of which little counts\n"));
    for (int i = 0; i < 3; ++i) {
      const auto trouble = journal->replace("summary " + std::to_string(i) + "\n");
      INFO((trouble ? trouble->text : ""));
      REQUIRE_FALSE(trouble);
    }
    REQUIRE_FALSE(journal->append("more\n"));
    CHECK(content_of(*journal) == "summary 2\nmore\n");
  }
  CHECK(content_of(*open_or_fail(folder.sub("State"))) == "summary 2\nmore\n");
  CHECK_FALSE(exists(folder.sub("State\\journal.ndjson.new")));
}

TEST_CASE("A journal that cannot be replaced goes on as it was") {
  const TemporaryFolder folder;
  const auto journal = open_or_fail(folder.sub("State"));
  REQUIRE_FALSE(journal->append("old\n"));
  const auto obstacle = wide_text(folder.sub("State\\journal.ndjson.new"));
  REQUIRE(CreateDirectoryW(obstacle.c_str(), nullptr) != FALSE);
  const auto trouble = journal->replace("new\n");
  REQUIRE(trouble);
  CHECK(trouble->text.find("journal.ndjson.new") != std::string::npos);
  CHECK_FALSE(journal->append("still old\n"));
  CHECK(content_of(*journal) == "old\nstill old\n");
  REQUIRE(RemoveDirectoryW(obstacle.c_str()) != FALSE);
  CHECK_FALSE(journal->replace("new\n"));
  CHECK(content_of(*journal) == "new\n");
}

TEST_CASE("An empty journal leaves no file when it is discarded, one with content stays") {
  TemporaryFolder scratch;
  const auto folder = scratch.sub("State");
  const auto there = [&](const char* name) {
    return GetFileAttributesW(wide_text(folder + "\\" + name).c_str()) != INVALID_FILE_ATTRIBUTES;
  };
  for (const std::string content : {"", "line\n"}) {
    auto journal = open_or_fail(folder);
    CHECK(there("journal.ndjson"));
    if (!content.empty()) {
      CHECK_FALSE(journal->append(content));
    }
    journal->discard_if_empty();
    journal.reset();
    CHECK(there("journal.ndjson") == !content.empty());
    CHECK(there("lock") == !content.empty());
  }
}

TEST_CASE("A second broker is refused the folder, also after the journal was replaced") {
  const TemporaryFolder folder;
  {
    const auto journal = open_or_fail(folder.sub("State"));
    CHECK(failure_of(folder.sub("State")).code == ExitCode::state_in_use);
    REQUIRE_FALSE(journal->replace("new\n"));
    CHECK(failure_of(folder.sub("State")).code == ExitCode::state_in_use);
    CHECK(content_of(*journal) == "new\n");
  }
  CHECK(content_of(*open_or_fail(folder.sub("State"))) == "new\n");
}

TEST_CASE("An administrator can read the journal while the broker has it") {
  const TemporaryFolder folder;
  const auto journal = open_or_fail(folder.sub("State"));
  REQUIRE_FALSE(journal->append("one\n"));
  const auto reader = own_file_handle(CreateFileW(
      wide_text(folder.sub("State\\journal.ndjson")).c_str(), GENERIC_READ,
      FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING, 0, nullptr));
  REQUIRE(reader);
  char bytes[8] = {};
  DWORD got = 0;
  CHECK(ReadFile(reader.get(), bytes, sizeof bytes, &got, nullptr) != FALSE);
  CHECK(std::string(bytes, got) == "one\n");
}

TEST_CASE("Nobody can open the journal in a way that would keep the broker from replacing it") {
  const TemporaryFolder folder;
  const auto journal = open_or_fail(folder.sub("State"));
  for (int i = 0; i < 2; ++i) {
    const auto reader = own_file_handle(
        CreateFileW(wide_text(folder.sub("State\\journal.ndjson")).c_str(), GENERIC_READ,
                    FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, 0, nullptr));
    CHECK_FALSE(reader);
    CHECK(GetLastError() == ERROR_SHARING_VIOLATION);
    REQUIRE_FALSE(journal->replace("new\n"));  // the same holds for the file that came in its place
  }
}

TEST_CASE("Damaged bytes are kept in a file of their own, each time in another") {
  const TemporaryFolder folder;
  const auto journal = open_or_fail(folder.sub("State"));
  const auto first = journal->keep_aside("garbage", "2026-01-31T08:15:00.123Z");
  const auto second = journal->keep_aside("garbage", "2026-01-31T08:15:00.123Z");
  REQUIRE(std::holds_alternative<std::string>(first));
  REQUIRE(std::holds_alternative<std::string>(second));
  CHECK(std::get<std::string>(first) != std::get<std::string>(second));
  CHECK(exists(std::get<std::string>(first)));
  CHECK(exists(std::get<std::string>(second)));
}

TEST_CASE(
    "The state folder may have a long path with letters of any script, and is made with its "
    "parents") {
  const TemporaryFolder folder;
  const std::string part = "Zustand der Profile \xC3\xA4\xC3\xB6\xC3\xBC \xE6\x97\xA5 ";
  std::string path = part + std::string(60, 'x');
  for (int i = 0; i < 4; ++i) {
    path += "\\" + part + std::string(60, 'y');
  }
  REQUIRE(path.size() > MAX_PATH);
  const auto journal = open_or_fail(folder.sub(path));
  CHECK_FALSE(journal->append("one\n"));
  CHECK_FALSE(journal->replace("two\n"));
  CHECK(content_of(*journal) == "two\n");
}

TEST_CASE("A state folder on another machine, or one that is a file, is refused with its name") {
  const TemporaryFolder folder;
  const auto remote = failure_of(R"(\\server\share\State)");
  CHECK(remote.code == ExitCode::state_folder);
  CHECK(remote.text.find("server") != std::string::npos);
  const auto path = folder.sub("file");
  CloseHandle(
      CreateFileW(wide_text(path).c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW, 0, nullptr));
  CHECK(failure_of(path).code == ExitCode::state_folder);
}

TEST_CASE("The state folder's security lets in LocalSystem and administrators, and nobody else") {
  CHECK(std::wstring(kStateFolderSecurity) == L"O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)");
}

}  // namespace profile_broker::service
