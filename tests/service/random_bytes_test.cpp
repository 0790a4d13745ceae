#include "service/random_bytes.h"

#include <array>
#include <set>

#include "tests/support/catch.h"

TEST_CASE("every byte of the service's random numbers is filled, anew each time") {
  std::array<std::set<std::uint8_t>, 16> values;
  for (int i = 0; i < 256; ++i) {
    std::array<std::uint8_t, 16> bytes{};
    profile_broker::service::fill_randomly(bytes);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      values[at].insert(bytes[at]);
    }
  }
  for (const auto& of_one_place : values) {
    CHECK(of_one_place.size() > 64);  // 162 are to be expected
  }
}
