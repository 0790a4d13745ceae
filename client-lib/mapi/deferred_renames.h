// Renames that wait for the profile's last reference: beside the marks (hive_marks.h), value =
// present name, data = "host new-name". Whoever is routed through the MAPI client and finds such a
// profile unused renames it; another host's are that host's business. Knows no service.
#pragma once

#include <optional>
#include <vector>

#include "client-lib/hive_marks.h"

namespace profile_broker::client::mapi {

class DeferredRenames {
 public:
  explicit DeferredRenames(const HiveMarks& marks)
      : values_(marks.values().companion("Deferred Renames")) {}

  bool write(const ProfileName& profile, const ProfileName& new_name) const;
  void remove(const ProfileName& profile) const { values_.remove(std::string(profile.shown())); }

  struct Rename {
    ProfileName profile;
    ProfileName new_name;
  };
  std::vector<Rename> of_this_host() const;

 private:
  HiveValues values_;
};

}  // namespace profile_broker::client::mapi
