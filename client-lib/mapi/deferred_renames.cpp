// The data behind deferred_renames.h.
#include "client-lib/mapi/deferred_renames.h"

#include "client-lib/host_name.h"

namespace profile_broker::client::mapi {

bool DeferredRenames::write(const ProfileName& profile, const ProfileName& new_name) const {
  return values_.write(std::string(profile.shown()),
                       host_name() + " " + std::string(new_name.shown()));
}

std::vector<DeferredRenames::Rename> DeferredRenames::of_this_host() const {
  std::vector<Rename> renames;
  for (const auto& value : values_.all()) {
    const auto space = value.data.find(' ');
    if (!is_of_this_host(value.data) || space == std::string::npos) {
      continue;
    }
    auto from = ProfileName::parse(value.name);
    auto to = ProfileName::parse(value.data.substr(space + 1));
    if (std::holds_alternative<ProfileName>(from) && std::holds_alternative<ProfileName>(to)) {
      renames.push_back(
          {std::get<ProfileName>(std::move(from)), std::get<ProfileName>(std::move(to))});
    }
  }
  return renames;
}

}  // namespace profile_broker::client::mapi
