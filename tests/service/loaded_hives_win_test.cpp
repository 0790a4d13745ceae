#include "service/loaded_hives.h"

#include "service/handle_win.h"
#include "service/peer_identity_win.h"
#include "tests/support/catch.h"

using namespace profile_broker::service;

TEST_CASE("the hive of this process's account is loaded, one of nobody is not") {
  const auto hives = loaded_hives();
  REQUIRE(hives);
  const auto token = read_process_token(GetCurrentProcess());
  CHECK(hives->contains(std::get<TokenFacts>(token).user));
  CHECK_FALSE(hives->contains("S-1-5-21-1-2-3-4"));
}
