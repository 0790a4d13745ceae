// The marks of temporary profiles and deferred deletions, beside the profiles themselves: value =
// profile name, data = "host time" in the hive's
//   Software\MAPI Profile Broker\Deferred Deletions
// (hive_values.h). They survive the service's journal and a reboot, and roam with the hive; another
// host's marks are that host's business. Knows no service.
#pragma once

#include <string>
#include <vector>

#include "client-lib/hive_values.h"
#include "proto/profile_name.h"

namespace profile_broker::client {

class HiveMarks {
 public:
  // location: as HiveValues has it.
  explicit HiveMarks(std::string location) : values_(std::move(location)) {}

  static std::string default_location() { return HiveValues::default_location(); }

  enum class Written { created, existed, failed };
  Written write(const ProfileName& profile) const;
  // True when there is no such mark any more.
  bool remove(const ProfileName& profile) const;
  // The profiles that this host has marked. At most kMaxNames.
  std::vector<ProfileName> of_this_host() const;
  static constexpr std::size_t kMaxNames = 65'536;

  const HiveValues& values() const { return values_; }

 private:
  HiveValues values_;
};

// "host time" of a mark made now, and whether the data of a mark or a notice, which begins with the
// host, is this host's.
std::string mark_data();
bool is_of_this_host(const std::string& data);

}  // namespace profile_broker::client
