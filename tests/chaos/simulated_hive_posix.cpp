// Folders behind simulated_hive.h: Profiles/NAME, whose file `section` its users keep open. A
// deletion moves the folder to Deleted first, so that the profile goes in one step.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <system_error>

#include "tests/chaos/simulated_hive.h"

namespace profile_broker::chaos {
namespace {

namespace fs = std::filesystem;

std::string lower(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return name;
}

class OpenFolder final : public OpenProfile {
 public:
  OpenFolder(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  OpenFolder(const OpenFolder&) = delete;
  OpenFolder& operator=(const OpenFolder&) = delete;
  ~OpenFolder() override { ::close(fd_); }

  std::string harm() const override {
    struct stat mine {};
    struct stat there {};
    if (::fstat(fd_, &mine) != 0 || mine.st_nlink == 0) {
      return "its-section-was-deleted";
    }
    if (::stat(path_.c_str(), &there) != 0) {
      return "it-is-gone";
    }
    return there.st_ino == mine.st_ino ? "" : "it-was-made-anew";
  }

 private:
  std::string path_;
  int fd_;
};

}  // namespace

SimulatedHive::SimulatedHive(std::string location, std::string who)
    : location_(std::move(location)), who_(std::move(who)) {
  fs::create_directories(fs::path(location_) / "Profiles");
  fs::create_directories(fs::path(location_) / "Deleted");
}

std::unique_ptr<OpenProfile> SimulatedHive::open(const std::string& profile) const {
  const auto folder = fs::path(location_) / "Profiles" / lower(profile);
  ::mkdir(folder.c_str(), 0700);
  const auto section = (folder / "section").string();
  const int fd = ::open(section.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  return fd < 0 ? nullptr : std::make_unique<OpenFolder>(section, fd);
}

SimulatedHive::Removed SimulatedHive::remove(const std::string& profile) const {
  static std::atomic<unsigned> number = 0;
  const auto folder = fs::path(location_) / "Profiles" / lower(profile);
  const auto grave = fs::path(location_) / "Deleted" / (who_ + "-" + std::to_string(++number));
  std::error_code error;
  fs::rename(folder, grave, error);
  if (error) {
    return error == std::errc::no_such_file_or_directory ? Removed::was_not_there : Removed::failed;
  }
  fs::remove_all(grave, error);
  return Removed::gone;
}

std::vector<std::string> SimulatedHive::profiles() const {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(fs::path(location_) / "Profiles", error), end;
       !error && entry != end; entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  return names;
}

}  // namespace profile_broker::chaos
