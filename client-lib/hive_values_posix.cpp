// One file per value behind hive_values.h: its name is the percent-encoded folded name, its two
// lines are the data and the name as first spelled.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "client-lib/hive_values.h"
#include "proto/text.h"
#include "proto/upper_case.h"

namespace profile_broker::client {
namespace {

namespace fs = std::filesystem;

bool is_plain(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

std::string folded_name(const std::string& name) {
  auto units = utf16_from_utf8(name).value_or(std::u16string());
  std::transform(units.begin(), units.end(), units.begin(), ordinal_upper);
  return utf8_from_utf16(units).value_or(name);
}

fs::path file_of(const std::string& location, const std::string& name) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : folded_name(name)) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(c)) {
      encoded.push_back(c);
    } else {
      encoded.append({'%', kDigits[byte >> 4], kDigits[byte & 0x0F]});
    }
  }
  return fs::path(location) / encoded;
}

std::optional<HiveValues::Value> read_file(const fs::path& path) {
  std::ifstream file(path);
  HiveValues::Value value;
  if (!std::getline(file, value.data) || !std::getline(file, value.name)) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

std::string HiveValues::default_location() {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  const fs::path root = state && *state ? fs::path(state)
                        : home && *home ? fs::path(home) / ".local" / "state"
                                        : fs::path("/tmp");
  return root / "mapi-profile-broker";
}

HiveValues HiveValues::companion(const std::string& name) const {
  return HiveValues(fs::path(location_) / name);
}

bool HiveValues::write(const std::string& name, const std::string& data) const {
  std::error_code error;
  fs::create_directories(location_, error);
  std::ofstream file(file_of(location_, name), std::ios::trunc);
  file << data << '\n' << name << '\n' << std::flush;
  return static_cast<bool>(file);
}

std::optional<std::string> HiveValues::read(const std::string& name) const {
  auto value = read_file(file_of(location_, name));
  return value ? std::optional(std::move(value->data)) : std::nullopt;
}

bool HiveValues::remove(const std::string& name) const {
  std::error_code error;
  fs::remove(file_of(location_, name), error);
  return !error || error == std::errc::not_a_directory;
}

std::vector<HiveValues::Value> HiveValues::all() const {
  std::vector<Value> values;
  std::error_code error;
  for (fs::directory_iterator entry(location_, error), end; !error && entry != end;
       entry.increment(error)) {
    if (auto value = read_file(entry->path())) {
      values.push_back(std::move(*value));
    }
  }
  return values;
}

}  // namespace profile_broker::client
