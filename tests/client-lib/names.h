// Profile names as tests write them.
#pragma once

#include "proto/profile_name.h"

namespace profile_broker::client {

inline ProfileName name(std::string_view text) {
  return std::get<ProfileName>(ProfileName::parse(text));
}

}  // namespace profile_broker::client
