// A terminal server in memory for tests of the dispatcher: processes in sessions of accounts that
// make calls, a journal that remembers changes (and can be told to fail), a clock that is set by
// hand.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "service/dispatcher.h"
#include "tests/service/kept_outcome.h"
#include "tests/support/catch.h"

namespace profile_broker::service {

inline ProfileName profile_name(std::string_view text) {
  auto parsed = ProfileName::parse(text);
  REQUIRE(std::holds_alternative<ProfileName>(parsed));
  return std::get<ProfileName>(std::move(parsed));
}

inline std::string numbered_uuid_text(unsigned number) {
  char text[37];
  std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012u", number);
  return text;
}

inline Uuid numbered_uuid(unsigned number) {
  return uuid_from_text(numbered_uuid_text(number)).value();
}

inline Caller caller(std::string hive, std::uint32_t pid, std::uint32_t session = 2,
                     bool elevated = false) {
  return {{{pid, pid * 1000ULL}, std::move(hive), session, "program.exe"}, elevated};
}

class RememberingJournal final : public ChangeKeeper {
 public:
  bool keep(const Change& change) override {
    if (broken) {
      return false;
    }
    changes.push_back(change);
    return true;
  }
  std::vector<Change> changes;
  bool broken = false;
};

class RememberingWatch final : public HolderWatch {
 public:
  void watch(const ProcessKey& process) override { watched.push_back(process); }
  std::vector<ProcessKey> watched;
};

class RememberingSubscriber final : public EventSubscriber {
 public:
  void deliver(const Event& event) noexcept override { events.push_back(event); }
  std::vector<std::string> words() const {
    std::vector<std::string> words;
    for (const auto& event : events) {
      words.emplace_back(word_of(event.kind));
    }
    return words;
  }
  std::vector<Event> events;
};

class TerminalServer {
 public:
  ReferenceTable table;
  RememberingJournal journal;
  RememberingWatch watch;
  EventFeed events;
  Moment now{};
  unsigned last_uuid = 900'000;
  std::vector<LogEvent> reported;  // to the administrator
  Dispatcher dispatcher;

  explicit TerminalServer(ServiceLimits limits = {})
      : dispatcher({table, journal, watch, events, [this] { return numbered_uuid(++last_uuid); },
                    [](result::Status& status, const std::optional<std::string>& user) {
                      status.connections = user ? 1 : 2;
                    },
                    [this](const LogEvent& event) { reported.push_back(event); }},
                   {"1.2.3", numbered_uuid_text(1), WallTime{}}, limits) {}

  Dispatcher::Outcome call(const Caller& who, const Call& call, ConnectionId connection = 0,
                           bool answered = true, EventSubscriber* subscriber = nullptr) {
    // By default every process has one connection, numbered by its pid.
    const ConnectionId id = connection ? connection : who.holder.key.pid;
    return kept(dispatcher.handle({who, id, answered, subscriber}, Call(call), now));
  }

  template <typename R>
  R ok(const Caller& who, const Call& one, ConnectionId connection = 0) {
    auto outcome = call(who, one, connection);
    if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
      FAIL(facts_of(refusal->reason).word << ": " << refusal->text);
    }
    REQUIRE(std::holds_alternative<R>(std::get<Result>(outcome)));
    return std::get<R>(std::get<Result>(std::move(outcome)));
  }

  Reason refused(const Caller& who, const Call& one, ConnectionId connection = 0) {
    auto outcome = call(who, one, connection);
    REQUIRE(std::holds_alternative<Refusal>(outcome));
    CHECK_FALSE(std::get<Refusal>(outcome).text.empty());
    return std::get<Refusal>(outcome).reason;
  }

  // Shorthands for the calls that every test makes.
  Uuid acquire(const Caller& who, std::string_view profile, bool temporary = false) {
    return ok<result::Acquire>(who,
                               call::Acquire{profile_name(profile), std::nullopt, temporary, ""})
        .reference;
  }
  result::Release release(const Caller& who, const Uuid& reference, ConnectionId connection = 0) {
    return ok<result::Release>(who, call::Release{reference}, connection);
  }
  result::Delete remove(const Caller& who, std::string_view profile, ConnectionId connection = 0) {
    return ok<result::Delete>(who, call::Delete{profile_name(profile)}, connection);
  }
  result::Sweep sweep(const Caller& who, const std::vector<std::string>& names = {},
                      ConnectionId connection = 0) {
    call::Sweep sweep;
    for (const auto& name : names) {
      sweep.profiles.push_back(profile_name(name));
    }
    return ok<result::Sweep>(who, sweep, connection);
  }
  ProfileReport query(const Caller& who, std::string_view profile) {
    return ok<result::Query>(who, call::Query{profile_name(profile), std::nullopt}).report;
  }
  void finish(const Caller& who, const std::string& claim, bool removed) {
    ok<result::Finish>(who, call::Finish{claim, removed});
  }
};

}  // namespace profile_broker::service
