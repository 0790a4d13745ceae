#include "client-lib/random_bytes.h"

#include <set>

#include "tests/support/catch.h"

TEST_CASE("random bytes come once, and each of them is random") {
  std::set<std::array<std::uint8_t, 16>> seen;
  std::array<std::set<std::uint8_t>, 16> values;
  constexpr std::size_t kTimes = 256;
  for (std::size_t i = 0; i < kTimes; ++i) {
    const auto bytes = profile_broker::client::random_bytes();
    seen.insert(bytes);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      values[at].insert(bytes[at]);
    }
  }
  CHECK(seen.size() == kTimes);
  for (const auto& of_one_place : values) {
    CHECK(of_one_place.size() > 64);  // 162 are to be expected
  }
}
