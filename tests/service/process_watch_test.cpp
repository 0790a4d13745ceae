#include "service/process_watch.h"

#include <map>
#include <vector>

#include "tests/support/catch.h"

using namespace profile_broker::service;

namespace {

// Ends when the test says so.
class FakePin final : public ProcessPin {
 public:
  FakePin(ProcessKey key, std::map<ProcessKey, std::function<void()>>& ends, int& alive)
      : ends_(ends), alive_(alive) {
    key_ = key;
    ++alive_;
  }
  ~FakePin() override { --alive_; }
  void wait_for_end(std::function<void()> ended) override { ends_[key_] = std::move(ended); }

 private:
  std::map<ProcessKey, std::function<void()>>& ends_;
  int& alive_;
};

struct Watching {
  std::map<ProcessKey, std::function<void()>> ends;
  int pins = 0;
  std::vector<ProcessKey> ended;
  ProcessWatch watch{[this](const ProcessKey& key) { ended.push_back(key); }};

  std::unique_ptr<ProcessPin> pin(ProcessKey key) {
    return std::make_unique<FakePin>(key, ends, pins);
  }
};

constexpr ProcessKey kProcess{1, 1};

}  // namespace

TEST_CASE("a process with several connections is pinned once, until the last one ends") {
  Watching w;
  w.watch.connection_begins(w.pin(kProcess));
  w.watch.connection_begins(w.pin(kProcess));
  CHECK(w.pins == 1);
  w.watch.connection_ends(kProcess);
  CHECK(w.pins == 1);
  w.watch.connection_ends(kProcess);
  CHECK(w.pins == 0);
  CHECK(w.ended.empty());
}

TEST_CASE("a holder is watched although its connections have ended") {
  Watching w;
  w.watch.connection_begins(w.pin(kProcess));
  w.watch.watch(kProcess);
  w.watch.connection_ends(kProcess);
  REQUIRE(w.pins == 1);
  const auto end = w.ends[kProcess];
  end();
  CHECK(w.ended == std::vector<ProcessKey>{kProcess});
  CHECK(w.watch.size() == 0);
  w.watch.connection_ends(kProcess);  // late news about a process that is gone
}

TEST_CASE("a holder from the journal is watched without any connection") {
  Watching w;
  w.watch.adopt(w.pin(kProcess));
  w.watch.connection_begins(w.pin(kProcess));
  w.watch.connection_ends(kProcess);
  CHECK(w.pins == 1);
  const auto end = w.ends[kProcess];
  end();
  CHECK(w.ended.size() == 1);
}
