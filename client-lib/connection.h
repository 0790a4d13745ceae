// One conversation with the service: hello, requests with ids, their answers, notifications. What
// the service says is taken as hostile until it has the protocol's shape: the first thing that has
// not, ends the connection, as does every unanswered request (a late answer would be taken for
// another one's). Knows no reconnecting and no references. Not for two threads at once.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "client-lib/channel.h"
#include "client-lib/outcome.h"
#include "proto/framing.h"
#include "proto/messages.h"
#include "proto/service_message.h"

namespace profile_broker::client {

// The result that an answer has, well-formed JSON; typed() reads it.
struct ResultText {
  std::string json;
};

class Connection {
 public:
  // Connects within kConnectDeadline and says hello within kCallDeadline, both at most until
  // deadline.
  static Outcome<std::unique_ptr<Connection>> open(const Endpoint& endpoint, Deadline deadline);

  const result::Hello& hello() const { return hello_; }
  // False once a request went unanswered or the service said something that is not the protocol.
  bool usable() const { return usable_; }

  Outcome<ResultText> ask(const Call& call, Deadline deadline);
  // All requests in one go, then all answers, in order: a thousand references take a few round
  // trips. At most kMaxRequestsInFlight.
  std::vector<Outcome<ResultText>> ask_all(std::span<const Call> calls, Deadline deadline);
  static constexpr std::size_t kMaxRequestsInFlight = 32;

  // The next notification (for subscribers), valid until the connection is used again; an
  // unanswered failure with broken false when none came until the deadline, which does not end the
  // connection.
  Outcome<ServiceNotification> next_notification(Deadline deadline);

 private:
  Connection(const Endpoint& endpoint, Channel channel)
      : address_(endpoint.address), channel_(std::move(channel)), reader_(kMaxAnswerBytes) {}

  using Message = std::variant<ServiceAnswer, ServiceNotification>;

  std::optional<ChannelError> send(std::span<const Call> calls, Deadline deadline);
  // Valid until the next one is asked for.
  Outcome<Message> next_message(Deadline deadline);
  Outcome<ResultText> answer_to(std::uint64_t id, Deadline deadline);
  Failure lost(ChannelError error);
  Failure not_the_protocol(const std::string& what);

  std::string address_;
  Channel channel_;
  FrameReader reader_;
  result::Hello hello_;
  std::uint64_t last_id_ = 0;
  bool usable_ = true;
};

// What could not be opened, as a failure with a sentence.
Failure failure_of_open(ChannelError error, const Endpoint& endpoint);

// An answer as the type that its method promises.
template <typename R>
Outcome<R> typed(const Outcome<ResultText>& answer) {
  if (!answer) {
    return answer.failure();
  }
  if (auto read = read_result<R>(answer->json)) {
    return std::move(*read);
  }
  return Failure{Failure::Kind::unanswered, hresult::kCallFailed, "",
                 "the service's answer is not what protocol version 1 says; is the service of "
                 "another version than this program?"};
}

}  // namespace profile_broker::client
