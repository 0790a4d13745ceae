// What a mark says, on both platforms (hive_marks.h).
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

bool is_mark_of_this_host(const std::string& data) {
  const auto host = data.substr(0, data.find(' '));
  const auto own = host_name();
  return std::equal(host.begin(), host.end(), own.begin(), own.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace profile_broker::client
