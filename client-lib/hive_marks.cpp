// What a mark says, behind hive_marks.h.
#include "client-lib/hive_marks.h"

#include <algorithm>
#include <chrono>

#include "client-lib/host_name.h"
#include "proto/timestamp.h"

namespace profile_broker::client {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::string mark_data() {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  return host_name() + " " + timestamp_text(now);
}

bool is_of_this_host(const std::string& data) {
  const auto host = data.substr(0, data.find(' '));
  const auto own = host_name();
  return std::equal(host.begin(), host.end(), own.begin(), own.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

HiveMarks::Written HiveMarks::write(const ProfileName& profile) const {
  const auto old = values_.read(std::string(profile.shown()));
  if (old && is_of_this_host(*old)) {
    return Written::existed;
  }
  return values_.write(std::string(profile.shown()), mark_data()) ? Written::created
                                                                  : Written::failed;
}

bool HiveMarks::remove(const ProfileName& profile) const {
  return values_.remove(std::string(profile.shown()));
}

std::vector<ProfileName> HiveMarks::of_this_host() const {
  std::vector<ProfileName> names;
  for (const auto& value : values_.all()) {
    auto parsed = ProfileName::parse(value.name);
    auto* profile = std::get_if<ProfileName>(&parsed);
    if (profile && is_of_this_host(value.data) && names.size() < kMaxNames) {
      names.push_back(std::move(*profile));
    }
  }
  return names;
}

}  // namespace profile_broker::client
