// The marks of temporary profiles and deferred deletions, beside the profiles themselves: value =
// profile name, data = "host time" in
//   HKEY_USERS\<SID of the process's user>\Software\MAPI Profile Broker\Deferred Deletions
// and on Linux one file per mark. They survive the service's journal and a reboot, and roam with
// the hive; another host's marks are that host's business. Knows no service.
#pragma once

#include <string>
#include <vector>

#include "proto/profile_name.h"

namespace profile_broker::client {

class HiveMarks {
 public:
  // location: a key below the hive, on Linux a folder. Made when the first mark is written.
  explicit HiveMarks(std::string location) : location_(std::move(location)) {}

  static std::string default_location();

  enum class Written { created, existed, failed };
  Written write(const ProfileName& profile) const;
  // True when there is no such mark any more.
  bool remove(const ProfileName& profile) const;
  // The profiles that this host has marked. At most kMaxNames.
  std::vector<ProfileName> of_this_host() const;
  static constexpr std::size_t kMaxNames = 65'536;

 private:
  std::string location_;
};

// "host time" of a mark made now, and the host of a mark's data.
std::string mark_data();
bool is_mark_of_this_host(const std::string& data);

}  // namespace profile_broker::client
