// The bookkeeping by itself: the two promises that rest on its lock, and what is due when.
#include "client-lib/ledger.h"

#include "tests/client-lib/names.h"
#include "tests/support/catch.h"

namespace profile_broker::client {
namespace {

const Uuid kReference = uuid_from_text("7d1f8a52-0000-4000-8000-000000000001").value();

OwnReference reference_to(std::string_view profile) {
  return {kReference, name(profile)};
}

const Removal kRemoval{"7d1f8a52-0000-4000-8000-00000000000c", "GATEWAY"};

}  // namespace

TEST_CASE("a reference that is being asked for is not due for registration") {
  Ledger ledger;
  const auto handle = ledger.add(reference_to("Gateway"));
  CHECK(ledger.due_registrations(10).empty());
  CHECK_FALSE(ledger.has_debts());
  CHECK(ledger.keep_unregistered(handle));
  CHECK(ledger.due_registrations(10).size() == 1);
  CHECK(ledger.has_debts());
}

TEST_CASE("a new connection makes every reference due, a refusal makes it wait") {
  Ledger ledger;
  const auto handle = ledger.add(reference_to("Gateway"));
  ledger.keep_registered(handle);
  CHECK(ledger.due_registrations(10).empty());
  ledger.forget_registrations();
  CHECK(ledger.due_registrations(10).size() == 1);
  ledger.refused(handle);
  CHECK(ledger.due_registrations(10).empty());
  CHECK(ledger.counts().unregistered == 1);
  ledger.forget_refusals();
  CHECK(ledger.due_registrations(10).size() == 1);
}

TEST_CASE("no removal begins while a kept reference to the profile exists") {
  Ledger ledger;
  const auto handle = ledger.add(reference_to("Gateway"));
  SECTION("kept: the claim is to be given back, whatever the spelling") {
    REQUIRE(ledger.keep_unregistered(handle));
    CHECK(ledger.begin_removal(kRemoval) == Ledger::Start::held);
  }
  SECTION("only asked for: the removal begins, and the reference is refused") {
    CHECK(ledger.begin_removal(kRemoval) == Ledger::Start::begun);
    CHECK_FALSE(ledger.keep_unregistered(handle));
    CHECK(ledger.counts().own == 0);
  }
}

TEST_CASE("after the removal the name is free, after the report the claim is") {
  Ledger ledger;
  REQUIRE(ledger.begin_removal(kRemoval) == Ledger::Start::begun);
  CHECK(ledger.begin_removal(kRemoval) == Ledger::Start::in_work);
  ledger.removal_done(kRemoval.claim);
  CHECK(ledger.keep_unregistered(ledger.add(reference_to("Gateway"))));
  CHECK(ledger.begin_removal(kRemoval) == Ledger::Start::in_work);
  ledger.close_claim(kRemoval.claim);
  CHECK(ledger.begin_removal(kRemoval) == Ledger::Start::held);
}

TEST_CASE("a reference is taken once, and only when the program has it") {
  Ledger ledger;
  const auto handle = ledger.add(reference_to("Gateway"));
  CHECK_FALSE(ledger.take(handle));
  ledger.keep_registered(handle);
  CHECK(ledger.take(handle));
  CHECK_FALSE(ledger.take(handle));
}

TEST_CASE("errands are run in order, and undeleting ends a deletion's") {
  Ledger ledger;
  ledger.owe(call::Delete{name("Gateway")});
  ledger.owe(call::Release{kReference});
  const auto first = ledger.next_errand(0);
  REQUIRE(first);
  CHECK(std::holds_alternative<call::Delete>(first->call));
  ledger.errand_refused(first->number);
  const auto second = ledger.next_errand(0);
  REQUIRE(second);
  CHECK(std::holds_alternative<call::Release>(second->call));
  ledger.errand_done(second->number);
  CHECK(ledger.has_debts());
  ledger.forget_deletion(name("GATEWAY"));
  CHECK_FALSE(ledger.has_debts());
}

}  // namespace profile_broker::client
