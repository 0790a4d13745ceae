// Watches the promise from outside: knows what was sent to the service and what it answered, and
// nothing of its insides. A reference counts from the moment its process reads the answer until the
// process asks to end it or ends; a claim from the moment its process reads it until the process
// reports. It demands that no claim is granted for a profile with such a reference, and no
// reference for a profile with such a claim; that answers come in the order of their requests; and
// that the client's reader understands every word of the service.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "proto/framing.h"
#include "proto/jsonrpc.h"
#include "proto/service_message.h"
#include "service/client_identity.h"
#include "tests/fuzz/require.h"

namespace profile_broker::fuzz {

class Witness {
 public:
  // What one connection has said and not yet been answered.
  class Conversation {
   public:
    explicit Conversation(const service::Holder& who) : who_(who) {}

   private:
    friend class Witness;
    struct Asked {
      std::optional<std::string> id;  // nothing: a notification, which nobody answers
      std::optional<Call> call;
      std::uint64_t when = 0;
    };
    service::Holder who_;
    FrameReader sent_;
    FrameReader received_{kMaxAnswerBytes};
    std::deque<Asked> asked_;
  };

  // Bytes that a peer is about to send.
  void sends(Conversation& on, std::string_view bytes) {
    on.sent_.append(bytes);
    while (const auto content = on.sent_.next()) {
      auto read = read_request(*content);
      Conversation::Asked asked{std::nullopt, std::nullopt, ++clock_};
      if (const auto* bad = std::get_if<BadRequest>(&read)) {
        asked.id = bad->id.json;
      } else {
        auto& request = std::get<Request>(read);
        asked.id = request.id ? std::optional(request.id->json) : std::nullopt;
        auto call = read_call(request.method, request.params);
        if (auto* known = std::get_if<Call>(&call)) {
          note_end(on.who_, *known);
          asked.call = std::move(*known);
        }
      }
      on.asked_.push_back(std::move(asked));
    }
  }

  // Bytes that a peer has read.
  void reads(Conversation& on, std::string_view bytes) {
    on.received_.append(bytes);
    while (const auto content = on.received_.next()) {
      const auto message = read_service_message(*content);
      require(message.has_value(), "the client does not understand the service:", *content);
      if (const auto* notification = std::get_if<ServiceNotification>(&*message)) {
        require(notification->method == kEventMethod && read_event(notification->params),
                "a notification is no event:", *content);
        continue;
      }
      take_answer(on, std::get<ServiceAnswer>(*message), *content);
    }
    require(!on.received_.error(), "the service's bytes are no frames");
  }

  void process_ended(const service::ProcessKey& process) {
    std::erase_if(held_, [&](const auto& one) { return one.second.process == process; });
    std::erase_if(claims_, [&](const auto& one) { return one.second.process == process; });
  }

  struct Stake {
    service::ProcessKey process;
    std::string hive;
    std::string profile;  // folded
  };
  const std::map<std::string, Stake>& held() const { return held_; }

 private:
  void note_end(const service::Holder& who, const Call& call) {
    if (const auto* release = std::get_if<call::Release>(&call)) {
      const std::string id = text_of(release->reference);
      ended_[{who.key.pid, id}] = clock_;
      drop(held_, id, who);
    } else if (const auto* finish = std::get_if<call::Finish>(&call)) {
      ended_[{who.key.pid, finish->claim}] = clock_;
      drop(claims_, finish->claim, who);
    }
  }

  static void drop(std::map<std::string, Stake>& stakes, const std::string& id,
                   const service::Holder& who) {
    if (const auto found = stakes.find(id);
        found != stakes.end() && found->second.process == who.key) {
      stakes.erase(found);
    }
  }

  void take_answer(Conversation& on, const ServiceAnswer& answer, std::string_view content) {
    while (!on.asked_.empty() && !on.asked_.front().id) {
      on.asked_.pop_front();
    }
    if (on.asked_.empty()) {
      require(!answer.id && std::holds_alternative<ServiceError>(answer.outcome),
              "an answer to nothing that was asked:", content);
      return;  // the service's last words
    }
    const auto asked = std::move(on.asked_.front());
    on.asked_.pop_front();
    const auto id = Json::parse(content).at("id").dump();
    if (id == "null" && *asked.id != "null") {
      on.asked_.clear();  // last words, too: refused when it was identified
      return;
    }
    require(id == Json::parse(*asked.id).dump(), "an answer out of order:", content);
    const auto* result = std::get_if<std::string_view>(&answer.outcome);
    if (result) {
      require(asked.call.has_value(), "what cannot be read was answered:", content);
      take_result(on.who_, *asked.call, *result, asked.when);
    }
  }

  void take_result(const service::Holder& who, const Call& call, std::string_view json,
                   std::uint64_t when) {
    if (const auto* acquire = std::get_if<call::Acquire>(&call)) {
      const auto result = read_result<result::Acquire>(json);
      require(result.has_value() && result->references > 0, "acquire was answered by no acquire");
      take_reference(text_of(result->reference), {who.key, who.hive, acquire->profile.folded()},
                     when);
    } else if (std::holds_alternative<call::Release>(call)) {
      const auto result = read_result<result::Release>(json);
      require(result.has_value(), "release was answered by no release");
      take_claim(who, result->removal, when);
    } else if (std::holds_alternative<call::Delete>(call)) {
      const auto result = read_result<result::Delete>(json);
      require(result && result->deferred == !result->removal, "delete was answered by no delete");
      take_claim(who, result->removal, when);
    } else if (std::holds_alternative<call::Sweep>(call)) {
      const auto result = read_result<result::Sweep>(json);
      require(result.has_value(), "sweep was answered by no sweep");
      for (const auto& removal : result->removals) {
        take_claim(who, removal, when);
      }
    } else if (std::holds_alternative<call::Query>(call)) {
      require(read_result<result::Query>(json).has_value(), "query was answered by no query");
    } else if (std::holds_alternative<call::List>(call)) {
      require(read_result<result::List>(json).has_value(), "list was answered by no list");
    } else if (std::holds_alternative<call::Status>(call)) {
      require(read_result<result::Status>(json).has_value(), "status was answered by no status");
    }
  }

  bool ended_since(const service::Holder& who, const std::string& id, std::uint64_t when) const {
    const auto found = ended_.find({who.key.pid, id});
    return found != ended_.end() && found->second > when;
  }

  void take_reference(const std::string& id, Stake stake, std::uint64_t when) {
    const auto ended = ended_.find({stake.process.pid, id});
    if (ended != ended_.end() && ended->second > when) {
      return;
    }
    for (const auto& [claim, other] : claims_) {
      require(other.hive != stake.hive || other.profile != stake.profile,
              "a reference to a profile that somebody is deleting:", stake.profile);
    }
    held_[id] = std::move(stake);
  }

  void take_claim(const service::Holder& who, const std::optional<Removal>& removal,
                  std::uint64_t when) {
    if (!removal || ended_since(who, removal->claim, when)) {
      return;
    }
    const auto parsed = ProfileName::parse(removal->profile);
    const auto* name = std::get_if<ProfileName>(&parsed);
    require(name != nullptr, "a claim for what is no profile:", removal->profile);
    const Stake stake{who.key, who.hive, name->folded()};
    for (const auto& [reference, other] : held_) {
      require(other.hive != stake.hive || other.profile != stake.profile,
              "PROMISE BROKEN: a claim for a profile that is in use:", stake.profile);
    }
    for (const auto& [claim, other] : claims_) {
      require(claim == removal->claim || other.hive != stake.hive || other.profile != stake.profile,
              "two claims for one profile:", stake.profile);
    }
    claims_[removal->claim] = stake;
  }

  std::uint64_t clock_ = 0;
  std::map<std::string, Stake> held_;
  std::map<std::string, Stake> claims_;
  std::map<std::pair<std::uint32_t, std::string>, std::uint64_t> ended_;  // asked for, by pid
};

}  // namespace profile_broker::fuzz
