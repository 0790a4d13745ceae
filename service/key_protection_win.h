// Whether a registry key can be believed to hold what administrators put there. Looks at who owns
// the key and who may write to it; does not change it.
#pragma once

#include <windows.h>

#include <optional>
#include <string>

namespace profile_broker::service {

// Why the key is not safe, in words for "..., because X": a group to which everybody who logs on
// can belong owns it or may write to it, or it has no access list. nullopt: it is safe. What an
// administrator grants to somebody by name is the administrator's decision and no weakness. key
// needs READ_CONTROL, and is borrowed.
std::optional<std::string> weakness_of(HKEY key);

}  // namespace profile_broker::service
