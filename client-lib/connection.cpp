// The conversation behind connection.h.
#include "client-lib/connection.h"

namespace profile_broker::client {
namespace {

constexpr std::string_view kClientName = "profile_broker/" PROFILE_BROKER_VERSION;

Failure unreachable(std::uint32_t code, std::string text) {
  return {Failure::Kind::unreachable, code, "", std::move(text)};
}

Failure refused(const ServiceError& error) {
  return {Failure::Kind::refused, error.hresult, error.reason, error.text};
}

}  // namespace

Failure failure_of_open(ChannelError error, const Endpoint& endpoint) {
  const auto at = " at " + endpoint.address;
  switch (error) {
    case ChannelError::not_installed:
      return unreachable(hresult::kUnconfigured,
                         "the MAPI Profile Broker service is not installed: nothing is" + at +
                             "; install it on this machine");
    case ChannelError::denied:
      return unreachable(hresult::kNoAccess,
                         "this process may not connect to the service" + at + ": access denied");
    case ChannelError::untrusted:
      return unreachable(hresult::kNoAccess,
                         "the server" + at +
                             " does not belong to the system's account: it is not the MAPI Profile "
                             "Broker service, and nothing was sent to it; tell an administrator");
    case ChannelError::timed_out:
      return unreachable(hresult::kTimeout, "the service" + at +
                                                " did not accept a connection within 250 ms; "
                                                "try again");
    case ChannelError::not_running:
    case ChannelError::broken:
      break;
  }
  return unreachable(hresult::kNetworkError,
                     "the MAPI Profile Broker service is not running: "
                     "nobody answers" +
                         at + "; start the service");
}

Outcome<std::unique_ptr<Connection>> Connection::open(const Endpoint& endpoint, Deadline deadline) {
  auto opened =
      Channel::open(endpoint, std::min<Deadline>(deadline, Clock::now() + kConnectDeadline));
  if (const auto* error = std::get_if<ChannelError>(&opened)) {
    return failure_of_open(*error, endpoint);
  }
  std::unique_ptr<Connection> connection(
      new Connection(endpoint, std::move(std::get<Channel>(opened))));
  auto hello = typed<result::Hello>(
      connection->ask(call::Hello{kProtocolVersion, std::string(kClientName)},
                      std::min<Deadline>(deadline, Clock::now() + kCallDeadline)));
  if (!hello) {
    return std::move(hello.failure());
  }
  connection->hello_ = std::move(*hello);
  return connection;
}

Outcome<ResultText> Connection::ask(const Call& call, Deadline deadline) {
  if (const auto error = send({&call, 1}, deadline)) {
    return lost(*error);
  }
  return answer_to(last_id_, deadline);
}

std::vector<Outcome<ResultText>> Connection::ask_all(std::span<const Call> calls,
                                                     Deadline deadline) {
  std::vector<Outcome<ResultText>> answers;
  answers.reserve(calls.size());
  const auto error = send(calls, deadline);
  const auto first_id = last_id_ - calls.size() + 1;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    answers.push_back(error ? Outcome<ResultText>(lost(*error))
                            : answer_to(first_id + i, deadline));
  }
  return answers;
}

std::optional<ChannelError> Connection::send(std::span<const Call> calls, Deadline deadline) {
  std::string bytes;
  for (const auto& call : calls) {
    const auto begun = begin_frame(bytes);
    append_request(bytes, ++last_id_, call);
    end_frame(bytes, begun);
  }
  return usable_ ? channel_.write(bytes, deadline) : ChannelError::broken;
}

Outcome<ResultText> Connection::answer_to(std::uint64_t id, Deadline deadline) {
  if (!usable_) {
    return lost(ChannelError::broken);
  }
  for (;;) {
    auto message = next_message(deadline);
    if (!message) {
      usable_ = false;
      return std::move(message.failure());
    }
    auto* answer = std::get_if<ServiceAnswer>(&*message);
    if (!answer) {
      continue;  // only subscribers read notifications, by next_notification
    }
    const auto* error = std::get_if<ServiceError>(&answer->outcome);
    if (!answer->id && error) {
      // The service could not even read the request: our mistake or a refusal of the connection.
      usable_ = false;
      return refused(*error);
    }
    if (answer->id != id) {
      return not_the_protocol("an answer to a request that was not asked");
    }
    if (error) {
      return refused(*error);
    }
    return ResultText{std::string(std::get<std::string_view>(answer->outcome))};
  }
}

Outcome<ServiceNotification> Connection::next_notification(Deadline deadline) {
  for (;;) {
    auto message = next_message(deadline);
    if (!message) {
      return std::move(message.failure());
    }
    if (auto* notification = std::get_if<ServiceNotification>(&*message)) {
      return std::move(*notification);
    }
    return not_the_protocol("an answer where only notifications are due");
  }
}

Outcome<Connection::Message> Connection::next_message(Deadline deadline) {
  for (;;) {
    if (const auto frame = reader_.next()) {
      if (auto message = read_service_message(*frame)) {
        return std::move(*message);
      }
      return not_the_protocol("neither an answer nor a notification of JSON-RPC 2.0");
    }
    if (const auto error = reader_.error()) {
      return not_the_protocol(std::string(text_of(*error)));
    }
    // A server that drips bytes never lets a read time out.
    if (Clock::now() > deadline) {
      return lost(ChannelError::timed_out);
    }
    const auto room = reader_.room();
    const auto got = channel_.read(room.data(), room.size(), deadline);
    if (const auto* error = std::get_if<ChannelError>(&got)) {
      return lost(*error);
    }
    reader_.filled(std::get<std::size_t>(got));
  }
}

Failure Connection::lost(ChannelError error) {
  if (error == ChannelError::timed_out) {
    return {Failure::Kind::unanswered, hresult::kTimeout, "",
            "the service at " + address_ +
                " did not answer in time; it may have acted on the request; try again"};
  }
  usable_ = false;
  return {Failure::Kind::unanswered, hresult::kNetworkError, "",
          "the service at " + address_ +
              " ended the connection before it answered; is it being restarted? Try again",
          true};
}

Failure Connection::not_the_protocol(const std::string& what) {
  usable_ = false;
  return {Failure::Kind::unanswered, hresult::kNetworkError, "",
          "the server at " + address_ + " does not speak the broker's protocol (" + what +
              "); is it the MAPI Profile Broker service, of this version?"};
}

}  // namespace profile_broker::client
