#include "service/table_entries.h"

#include <array>
#include <string>

#include "tests/service/terminal_server.h"

using namespace profile_broker;
using namespace profile_broker::service;

TEST_CASE("a profile knows its name in every spelling, and none but its own") {
  BlockStore store;
  Hive hive;
  for (const std::string spelled :
       {"Gateway 7f3a", "x", "say \"x\"", "GRÖSSE ä", "é", "日本語 Profil"}) {
    Profile& profile = Profile::make(store, hive, profile_name(spelled), 7);
    const ProfileName same = profile_name(profile.name().folded());
    std::array<char, Profile::kMostNameBytes> room;
    CHECK(profile.shown() == spelled);
    CHECK(profile.folded(room) == same.folded());
    CHECK(profile.is_named(profile_name(spelled)));
    CHECK(profile.is_named(same));
    CHECK(profile.hash() == 7);
    CHECK(Profile::hash_of(profile_name(spelled), 7) == Profile::hash_of(same, 7));
    CHECK(Profile::hash_of(same, 7) != Profile::hash_of(same, 8));
    CHECK_FALSE(profile.is_named(profile_name(spelled + "2")));
    CHECK_FALSE(profile.is_named(profile_name("y")));
    Profile::destroy(store, profile);
  }
}

TEST_CASE("a reference keeps its time and, if it has one, its label") {
  for (const auto since : {WallTime{}, WallTime(std::chrono::milliseconds(1'795'392'000'123)),
                           WallTime(std::chrono::milliseconds(-1))}) {
    SinceAndLabel plain(since);
    SinceAndLabel none(since, "");
    SinceAndLabel labelled(since, "nightly archive");
    CHECK(plain.since() == since);
    CHECK(plain.label().empty());
    CHECK(none.since() == since);
    CHECK(none.label().empty());
    CHECK(labelled.since() == since);
    CHECK(labelled.label() == "nightly archive");
    plain = std::move(labelled);
    const SinceAndLabel moved = std::move(plain);
    CHECK(moved.since() == since);
    CHECK(moved.label() == "nightly archive");
  }
}

TEST_CASE("the longest name there can be is kept whole") {
  BlockStore store;
  Hive hive;
  std::string name;
  for (std::size_t i = 0; i < kMaxProfileNameUnits; ++i) {
    name += "語";
  }
  Profile& profile = Profile::make(store, hive, profile_name(name), 0);
  CHECK(profile.shown() == name);
  CHECK(profile.is_named(profile_name(name)));
  Profile::destroy(store, profile);
}

TEST_CASE("references of a profile stand in the order of their coming, whoever leaves") {
  BlockStore store;
  Hive hive;
  Profile& profile = Profile::make(store, hive, profile_name("p"), 0);
  std::array<Reference, 5> references;
  for (auto& reference : references) {
    profile.add(reference);
  }
  const auto order = [&] {
    std::string text;
    for (const Reference& reference : profile.references()) {
      text += static_cast<char>('0' + (&reference - references.data()));
    }
    return text;
  };
  CHECK(order() == "01234");
  profile.remove(references[0]);
  profile.remove(references[2]);
  profile.remove(references[4]);
  CHECK(order() == "13");
  profile.add(references[0]);
  CHECK(order() == "130");
  profile.remove(references[1]);
  profile.remove(references[3]);
  profile.remove(references[0]);
  CHECK(profile.references().empty());
  Profile::destroy(store, profile);
}
