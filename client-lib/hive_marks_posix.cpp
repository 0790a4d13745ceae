// One file per mark behind hive_marks.h: its name is the percent-encoded folded profile name, its
// two lines are the mark's data and the name as first spelled.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "client-lib/hive_marks.h"

namespace profile_broker::client {
namespace {

namespace fs = std::filesystem;

bool is_plain(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

std::string file_name_of(const ProfileName& profile) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : profile.folded()) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(c)) {
      encoded.push_back(c);
    } else {
      encoded.append({'%', kDigits[byte >> 4], kDigits[byte & 0x0F]});
    }
  }
  return encoded;
}

// The profile of a mark that this host made.
std::optional<ProfileName> read_mark(const fs::path& path) {
  std::ifstream file(path);
  std::string data;
  std::string name;
  if (!std::getline(file, data) || !std::getline(file, name) || !is_mark_of_this_host(data)) {
    return std::nullopt;
  }
  auto parsed = ProfileName::parse(name);
  auto* profile = std::get_if<ProfileName>(&parsed);
  return profile ? std::optional(std::move(*profile)) : std::nullopt;
}

}  // namespace

std::string HiveMarks::default_location() {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  const fs::path root = state && *state ? fs::path(state)
                        : home && *home ? fs::path(home) / ".local" / "state"
                                        : fs::path("/tmp");
  return root / "mapi-profile-broker";
}

HiveMarks::Written HiveMarks::write(const ProfileName& profile) const {
  std::error_code error;
  fs::create_directories(location_, error);
  const auto path = fs::path(location_) / file_name_of(profile);
  if (read_mark(path)) {
    return Written::existed;
  }
  std::ofstream file(path, std::ios::trunc);
  file << mark_data() << '\n' << profile.shown() << '\n' << std::flush;
  return file ? Written::created : Written::failed;
}

bool HiveMarks::remove(const ProfileName& profile) const {
  std::error_code error;
  fs::remove(fs::path(location_) / file_name_of(profile), error);
  return !error || error == std::errc::not_a_directory;
}

std::vector<ProfileName> HiveMarks::of_this_host() const {
  std::vector<ProfileName> names;
  std::error_code error;
  for (fs::directory_iterator entry(location_, error), end; !error && entry != end;
       entry.increment(error)) {
    if (names.size() == kMaxNames) {
      break;
    }
    if (auto profile = read_mark(entry->path())) {
      names.push_back(std::move(*profile));
    }
  }
  return names;
}

}  // namespace profile_broker::client
