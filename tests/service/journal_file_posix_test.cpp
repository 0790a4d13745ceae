#include <sys/resource.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "service/journal_file.h"
#include "service/mapped_tail_posix.h"
#include "tests/support/catch.h"
#include "tests/support/scratch_folder.h"

using namespace profile_broker;
using namespace profile_broker::service;

namespace {

std::unique_ptr<JournalFile> open_in(const std::string& folder) {
  auto opened = open_journal_file(folder);
  REQUIRE(std::holds_alternative<std::unique_ptr<JournalFile>>(opened));
  return std::get<std::unique_ptr<JournalFile>>(std::move(opened));
}

std::string content_of(JournalFile& file) {
  return std::get<std::string>(file.read_all());
}

// What work gives, done while no file of this process may grow longer: as on a full disk.
template <typename Work>
auto with_files_of_at_most(rlim_t bytes, Work work) {
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = bytes;
  ::setrlimit(RLIMIT_FSIZE, &small);
  auto done = work();
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  return done;
}

}  // namespace

TEST_CASE("the journal's file keeps what is appended and what replaces it") {
  ScratchFolder scratch;
  const auto folder = scratch.file("a/b/state");
  {
    auto file = open_in(folder);
    CHECK(content_of(*file).empty());
    CHECK_FALSE(file->append("one\n"));
    CHECK_FALSE(file->append("two\n"));
    CHECK(content_of(*file) == "one\ntwo\n");
    CHECK_FALSE(file->replace("three\n"));
    CHECK_FALSE(file->append("four\n"));
  }
  CHECK(content_of(*open_in(folder)) == "three\nfour\n");
  struct stat info {};
  ::stat(folder.c_str(), &info);
  CHECK((info.st_mode & 0777) == 0700);
}

TEST_CASE(
    "a second broker on the same state folder is refused, also after the journal was replaced") {
  ScratchFolder scratch;
  auto first = open_in(scratch.file("state"));
  for (int i = 0; i < 2; ++i) {
    const auto second = open_journal_file(scratch.file("state"));
    REQUIRE(std::holds_alternative<StartFailure>(second));
    CHECK(std::get<StartFailure>(second).code == ExitCode::state_in_use);
    CHECK_FALSE(first->replace("x\n"));
  }
  first.reset();
  CHECK(content_of(*open_in(scratch.file("state"))) == "x\n");
}

TEST_CASE("links, devices, pipes and folders in the place of the journal or its lock are refused") {
  ScratchFolder scratch;
  const auto folder = scratch.file("state");
  open_in(folder).reset();
  for (const std::string name : {"journal.ndjson", "lock"}) {
    const std::string path = folder + "/" + name;
    const auto refused = [&] {
      const auto opened = open_journal_file(folder);
      const auto* failure = std::get_if<StartFailure>(&opened);
      std::filesystem::remove(path);
      return failure && failure->code == ExitCode::state_folder &&
             failure->text.find(path) != std::string::npos;
    };
    std::filesystem::remove(path);
    std::filesystem::create_symlink("/dev/zero", path);
    CHECK(refused());
    std::filesystem::create_symlink(scratch.file("nothing"), path);
    CHECK(refused());
    CHECK_FALSE(std::filesystem::exists(scratch.file("nothing")));
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    CHECK(refused());
    std::filesystem::create_directory(path);
    CHECK(refused());
  }
}

TEST_CASE("what lies in the place of the next journal is not written through") {
  ScratchFolder scratch;
  const auto folder = scratch.file("state");
  const auto next = folder + "/journal.ndjson.new";
  std::ofstream(scratch.file("victim")) << "untouched";
  auto file = open_in(folder);
  std::filesystem::create_symlink(scratch.file("victim"), next);
  CHECK_FALSE(file->replace("one\n"));
  std::filesystem::create_hard_link(scratch.file("victim"), next);
  CHECK_FALSE(file->replace("two\n"));
  REQUIRE(::mkfifo(next.c_str(), 0600) == 0);
  CHECK_FALSE(file->replace("three\n"));
  CHECK(content_of(*file) == "three\n");
  CHECK(std::filesystem::is_regular_file(folder + "/journal.ndjson"));
  std::string kept;
  std::ifstream(scratch.file("victim")) >> kept;
  CHECK(kept == "untouched");
}

TEST_CASE("a journal or a folder that is removed under the broker is noticed, and made anew") {
  ScratchFolder scratch;
  const auto folder = scratch.file("state");
  auto file = open_in(folder);
  CHECK_FALSE(file->append("one\n"));
  CHECK_FALSE(file->look());
  std::filesystem::remove(folder + "/journal.ndjson");
  CHECK(file->look());
  CHECK_FALSE(file->replace("two\n"));
  CHECK_FALSE(file->look());
  std::filesystem::remove_all(folder);
  CHECK(file->look());
  CHECK_FALSE(file->replace("three\n"));
  CHECK_FALSE(file->look());
  CHECK(std::holds_alternative<StartFailure>(open_journal_file(folder)));  // locked
  std::filesystem::rename(folder, scratch.file("moved"));
  CHECK(file->look());
  auto other = open_in(folder);
  CHECK(file->replace("four\n"));  // the folder is another broker's now
  other.reset();
  CHECK_FALSE(file->replace("four\n"));
  file.reset();
  CHECK(content_of(*open_in(folder)) == "four\n");
}

TEST_CASE("a state folder that cannot be is refused with its path") {
  ScratchFolder scratch;
  std::ofstream(scratch.file("file")) << "x";
  const auto opened = open_journal_file(scratch.file("file") + "/state");
  REQUIRE(std::holds_alternative<StartFailure>(opened));
  CHECK(std::get<StartFailure>(opened).code == ExitCode::state_folder);
  CHECK(std::get<StartFailure>(opened).text.find(scratch.file("file")) != std::string::npos);
}

TEST_CASE("a folder that was there keeps its permissions") {
  ScratchFolder scratch;
  std::filesystem::create_directory(scratch.file("state"));
  ::chmod(scratch.file("state").c_str(), 0755);
  open_in(scratch.file("state"));
  struct stat info {};
  ::stat(scratch.file("state").c_str(), &info);
  CHECK((info.st_mode & 0777) == 0755);
}

TEST_CASE("a write that does not fit leaves no half record behind") {
  ScratchFolder scratch;
  auto file = open_in(scratch.file("state"));
  REQUIRE_FALSE(file->append("whole\n"));
  const std::string large(2 * MappedTail::kAhead, 'x');
  const auto trouble = with_files_of_at_most(10, [&] { return file->append(large); });
  REQUIRE(trouble);
  CHECK(content_of(*file) == "whole\n");
  CHECK_FALSE(file->append("again\n"));
  CHECK(content_of(*file) == "whole\nagain\n");
}

TEST_CASE("what follows the last record of a service that was killed is no content") {
  ScratchFolder scratch;
  auto file = open_in(scratch.file("state"));
  REQUIRE_FALSE(file->append("record\n"));
  // As another process sees it, and as it stays when this one is killed.
  std::ifstream other(scratch.file("state/journal.ndjson"));
  const std::string seen(std::istreambuf_iterator<char>(other), {});
  CHECK(seen == "record\n" + std::string(seen.size() - 7, '\0'));
  CHECK(seen.size() >= MappedTail::kAhead);
  std::filesystem::create_directory(scratch.file("crashed"));
  std::ofstream(scratch.file("crashed/journal.ndjson")) << seen;
  auto after = open_in(scratch.file("crashed"));
  CHECK(content_of(*after) == "record\n");
  CHECK_FALSE(after->append("next\n"));
  CHECK(content_of(*after) == "record\nnext\n");
}

TEST_CASE("a service that ends in order leaves its records and nothing behind them") {
  ScratchFolder scratch;
  const std::string record(100, 'r');
  for (int run = 1; run <= 2; ++run) {
    CHECK_FALSE(open_in(scratch.file("state"))->append(record));
    CHECK(std::filesystem::file_size(scratch.file("state/journal.ndjson")) == run * record.size());
  }
}

TEST_CASE("any number of appends of any size stand one after the other") {
  ScratchFolder scratch;
  auto file = open_in(scratch.file("state"));
  std::string all;
  for (std::size_t bytes = 1; bytes < 4 * MappedTail::kAhead; bytes = bytes * 3 / 2 + 1) {
    const std::string piece(bytes, static_cast<char>('a' + all.size() % 26));
    REQUIRE_FALSE(file->append(piece));
    all += piece;
  }
  CHECK(content_of(*file) == all);
}

TEST_CASE("a page of the journal that fails under a write is trouble and no end of the process") {
  ScratchFolder scratch;
  auto file = open_in(scratch.file("state"));
  REQUIRE_FALSE(file->append("whole\n"));
  std::filesystem::resize_file(scratch.file("state/journal.ndjson"), 0);  // as if the disk lost it
  const auto trouble = file->append("lost\n");
  REQUIRE(trouble);
  CHECK(trouble->text.find("journal.ndjson") != std::string::npos);
  CHECK_FALSE(file->replace("anew\n"));
  CHECK_FALSE(file->append("again\n"));
  CHECK(content_of(*file) == "anew\nagain\n");
}

TEST_CASE("after pages of the journal have failed, what is appended is in the file again") {
  ScratchFolder scratch;
  auto file = open_in(scratch.file("state"));
  REQUIRE_FALSE(file->append("whole\n"));
  std::filesystem::resize_file(scratch.file("state/journal.ndjson"), 0);
  CHECK(file->append(std::string(20'000, 'l')));
  CHECK_FALSE(file->append("next\n"));
  CHECK(content_of(*file) == std::string(6, '\0') + "next\n");
}

TEST_CASE("a replacement that does not fit leaves no half file behind to fill the disk") {
  ScratchFolder scratch;
  auto file = open_in(scratch.file("state"));
  REQUIRE_FALSE(file->append("whole\n"));
  const auto trouble = with_files_of_at_most(10, [&] { return file->replace("does not fit\n"); });
  REQUIRE(trouble);
  CHECK(trouble->text.find("journal.ndjson.new") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(scratch.file("state/journal.ndjson.new")));
  CHECK(content_of(*file) == "whole\n");
}

TEST_CASE("a next journal settles beside the caller, and has what is appended meanwhile") {
  ScratchFolder scratch;
  const auto folder = scratch.file("state");
  std::string expected;
  {
    auto file = open_in(folder);
    REQUIRE_FALSE(file->append("old\n"));
    REQUIRE_FALSE(file->begin_next());
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    bool settled = false;
    for (int i = 0; !settled && std::chrono::steady_clock::now() < deadline; ++i) {
      const std::string line = std::to_string(i) + "\n";
      REQUIRE_FALSE(file->append_to_next(line));
      expected += line;
      const auto asked = file->settle_next();
      REQUIRE(std::holds_alternative<bool>(asked));
      settled = std::get<bool>(asked);
    }
    REQUIRE(settled);
    CHECK(content_of(*file) == "old\n");
    REQUIRE_FALSE(file->put_next_in_place());
    REQUIRE_FALSE(file->append("new\n"));
    expected += "new\n";
  }
  CHECK(content_of(*open_in(folder)) == expected);
  CHECK(std::filesystem::file_size(folder + "/journal.ndjson") == expected.size());
}

TEST_CASE("a next journal that is dropped while it settles is gone, and another can begin") {
  ScratchFolder scratch;
  auto file = open_in(scratch.file("state"));
  REQUIRE_FALSE(file->append("old\n"));
  for (const char* const line : {"first\n", "second\n"}) {
    REQUIRE_FALSE(file->begin_next());
    REQUIRE_FALSE(file->append_to_next(line));
    REQUIRE(std::holds_alternative<bool>(file->settle_next()));
  }
  file->drop_next();
  CHECK_FALSE(std::filesystem::exists(scratch.file("state/journal.ndjson.new")));
  CHECK(content_of(*file) == "old\n");
}

TEST_CASE("damaged bytes are kept in a file of their own") {
  ScratchFolder scratch;
  auto file = open_in(scratch.file("state"));
  const auto kept = file->keep_aside("damaged\n", "2026-01-01T00:00:00.000Z");
  REQUIRE(kept.index() == 0);
  std::ifstream aside(std::get<std::string>(kept));
  std::string line;
  std::getline(aside, line);
  CHECK(line == "damaged");
}
