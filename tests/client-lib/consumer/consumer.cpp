// The C++ wrapper as a C++11 program uses it, without a service.
#include <profile_broker/client.hpp>

#include <type_traits>
#include <utility>

static_assert(!std::is_copy_constructible<profile_broker::Reference>::value, "move-only");
static_assert(std::is_nothrow_move_constructible<profile_broker::Reference>::value,
              "no exceptions");

namespace {

std::uint32_t own_references() {
  PROFILE_BROKER_STATUS status;
  return SUCCEEDED(profile_broker::get_status(status)) ? status.own_references : 99;
}

}  // namespace

int main() {
  {
    profile_broker::Reference first;
    if (first || FAILED(first.acquire("Gateway")) || !first) {
      return 1;
    }
    profile_broker::Reference second(std::move(first));
    if (first || !second || own_references() != 1) {
      return 2;
    }
    profile_broker::Reference third;
    if (FAILED(third.acquire("Gateway")) || own_references() != 2) {
      return 3;
    }
    third = std::move(second);
    if (own_references() != 1) {
      return 4;
    }
  }
  bool deferred = false;
  if (FAILED(profile_broker::delete_profile("Gateway", deferred)) || !deferred) {
    return 5;
  }
  PROFILE_BROKER_USAGE usage;
  return own_references() == 0 && FAILED(profile_broker::query("Gateway", usage)) ? 0 : 6;
}
