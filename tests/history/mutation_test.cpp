// That the generated histories can fail: each mutation breaks one promise of the service at a seam,
// and the histories must notice it well within the number of operations that every test run plays.
#include "tests/history/run.h"
#include "tests/support/catch.h"

using namespace profile_broker::history;

TEST_CASE("the histories find every broken promise within 50,000 operations") {
  for (const auto& [mutation, word] : all_mutations()) {
    Campaign campaign;
    campaign.first_seed = 35;  // from here on all are found soon, which keeps this test short
    campaign.mutation = mutation;
    const Outcome outcome = run(campaign);
    INFO(word << " after " << outcome.figures.operations << " operations");
    CHECK(outcome.failure);
  }
}

TEST_CASE("a failing history becomes small and fails again from its text") {
  Figures figures;
  for (std::uint64_t seed = 1;; ++seed) {
    REQUIRE(seed < 100);
    const Play play = play_of(seed, Mutation::forgets_claims);
    const auto failure = run(play, figures);
    if (!failure) {
      continue;
    }
    const Shrunk shrunk = shrink(play, *failure);
    CHECK(shrunk.play.operations.size() < 12);
    const auto again = play_from_text(text_of(shrunk.play));
    REQUIRE(again);
    const auto same = run(*again, figures);
    REQUIRE(same);
    CHECK(same->what == shrunk.failure.what);
    return;
  }
}

TEST_CASE("what is no history is not replayed") {
  CHECK_FALSE(play_from_text("acquire 1 2 3\n"));
  CHECK_FALSE(play_from_text("plain\nacquire 1 2\n"));
  CHECK_FALSE(play_from_text("plain\nfly 1 2 3\n"));
  CHECK(play_from_text("noticing\nacquire 1 2 3\n"));
}
