// Fuzzes what the client library makes of a hostile server (client-lib/connection.h): whatever
// arrives is a value or a failure with a sentence; nothing is thrown; a connection on which
// something was wrong sends nothing more; a value says what the bytes said, number for number.
// Memory and time are bounded by the fuzzer's own limits. The channel below takes the place of the
// operating system's.
//
// An input is what the server says, a step a line: {...} is a frame (in which "id":0 becomes the id
// of the request that is waiting), <text is bytes with CR LF, |text bytes alone, ~ is silence until
// the deadline, . hangs up, an empty line waits for the next request. An input that begins with !
// answers the hello itself; otherwise it has been answered as it should.
#include <algorithm>
#include <cstdint>
#include <string>

#include "client-lib/channel.h"
#include "client-lib/connection.h"
#include "proto/jsonrpc.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/script.h"

namespace profile_broker::client {
namespace {

// The server of the one conversation that is going on.
struct HostileServer {
  std::vector<std::string_view> lines;
  std::size_t next_line = 0;
  std::string ready;  // to be read by the client
  FrameReader requests;
  std::string last_id = "1";
  std::size_t bytes_received = 0;
  bool waits_for_request = false;
  bool says_hello = true;

  void receive(std::string_view bytes) {
    bytes_received += bytes.size();
    waits_for_request = false;
    requests.append(bytes);
    while (const auto content = requests.next()) {
      const auto request = read_request(*content);
      const auto* good = std::get_if<Request>(&request);
      fuzz::require(good && good->id, "the client sends what is no request:", *content);
      fuzz::require(std::holds_alternative<Call>(read_call(good->method, good->params)),
                    "the client sends a call that the service refuses:", *content);
      last_id = good->id->json;
      if (says_hello) {
        says_hello = false;
        append_frame(ready, answer_text(*good->id,
                                        result_text(result::Hello{"1", "i", "S-1", 1, 1, false})));
      }
    }
  }

  std::string with_id(std::string_view text) const {
    std::string content = fuzz::with_uuids(text);
    constexpr std::string_view kPlace = "\"id\":0";
    if (const auto at = content.find(kPlace); at != std::string::npos) {
      content.replace(at, kPlace.size(), "\"id\":" + last_id);
    }
    return content;
  }

  std::variant<std::size_t, ChannelError> say(char* buffer, std::size_t size) {
    while (ready.empty()) {
      if (waits_for_request || next_line == lines.size()) {
        return next_line == lines.size() ? ChannelError::broken : ChannelError::timed_out;
      }
      const auto line = lines[next_line++];
      if (line.empty()) {
        waits_for_request = true;
      } else if (line.front() == '{') {
        append_frame(ready, with_id(line));
      } else if (line.front() == '<') {
        ready.append(line.substr(1)).append("\r\n");
      } else if (line.front() == '|') {
        ready.append(line.substr(1));
      } else if (line.front() == '~') {
        return ChannelError::timed_out;
      } else if (line.front() == '.') {
        next_line = lines.size();
        return ChannelError::broken;
      }
    }
    const auto count = std::min({size, ready.size(), std::size_t{97}});
    std::copy_n(ready.begin(), count, buffer);
    ready.erase(0, count);
    return count;
  }
};

HostileServer* server = nullptr;

}  // namespace

struct Channel::Handles {};

Channel::Channel(std::unique_ptr<Handles> handles) : handles_(std::move(handles)) {}
Channel::Channel(Channel&&) noexcept = default;
Channel& Channel::operator=(Channel&&) noexcept = default;
Channel::~Channel() = default;

std::variant<Channel, ChannelError> Channel::open(const Endpoint&, Deadline) {
  return Channel(std::make_unique<Handles>());
}
std::optional<ChannelError> Channel::write(std::string_view bytes, Deadline) {
  server->receive(bytes);
  return std::nullopt;
}
std::variant<std::size_t, ChannelError> Channel::read(char* buffer, std::size_t size, Deadline) {
  return server->say(buffer, size);
}

namespace {

using fuzz::require;

void check_failure(const Failure& failure) {
  require(!failure.text.empty() || failure.kind == Failure::Kind::refused,
          "a failure without a sentence");
  require((failure.hresult & 0x80000000U) != 0, "a failure with a code of success:", failure.text);
}

// Every number that we read is the number that the server wrote.
void compare_numbers(const Json& read, const Json& said) {
  if (read.is_object()) {
    for (const auto& [name, value] : read.items()) {
      // Ours in every answer of ours, whatever the server says.
      if (name != "protocol" && said.is_object() && said.contains(name)) {
        compare_numbers(value, said[name]);
      }
    }
  } else if (read.is_array() && said.is_array() && read.size() == said.size()) {
    for (std::size_t i = 0; i < read.size(); ++i) {
      compare_numbers(read[i], said[i]);
    }
  } else if (read.is_number_integer()) {
    require(said.is_number_integer() && read == said,
            "a number is read as another one:", said.dump() + " as " + read.dump());
  }
}

void compare_with_text(const Json& read, std::string_view said) {
  try {
    compare_numbers(read, Json::parse(said));
  } catch (const Json::out_of_range&) {  // a member that nobody reads is larger than any double
  }
}

template <typename R>
void check_typed(const Outcome<ResultText>& answer) {
  const auto value = typed<R>(answer);
  if (!value) {
    check_failure(value.failure());
    return;
  }
  auto read = Json::parse(result_text(Result(*value)));
  if (read.contains("limits")) {
    for (const auto* ours : {"requestBytes", "answerBytes", "profileNameUnits", "labelCharacters",
                             "removalsPerSweep"}) {
      read["limits"].erase(ours);
    }
  }
  compare_with_text(read, answer->json);
}

using Checker = void (*)(const Outcome<ResultText>&);
struct Question {
  Call call;
  Checker check;
};

const std::vector<Question>& questions() {
  static const auto gateway = std::get<ProfileName>(ProfileName::parse("Gateway"));
  static const auto one = service::simulated_uuid(1);
  static const std::vector<Question> all = {
      {call::Query{gateway, std::nullopt}, check_typed<result::Query>},
      {call::Acquire{gateway, uuid_from_text(one), true, "label"}, check_typed<result::Acquire>},
      {call::Release{uuid_from_text(one).value()}, check_typed<result::Release>},
      {call::Delete{gateway}, check_typed<result::Delete>},
      {call::Sweep{{gateway}}, check_typed<result::Sweep>},
      {call::Finish{one, true}, check_typed<result::Finish>},
      {call::List{true, "S-1"}, check_typed<result::List>},
      {call::Status{}, check_typed<result::Status>},
      {call::Undelete{gateway}, check_typed<result::Undelete>},
      {call::Subscribe{}, check_typed<result::Subscribe>},
  };
  return all;
}

void ask_everything(Connection& connection, Deadline deadline) {
  for (const auto& question : questions()) {
    const bool usable = connection.usable();
    const auto before = server->bytes_received;
    const auto answer = connection.ask(question.call, deadline);
    require(usable || server->bytes_received == before,
            "a connection that had ended was written to");
    require(usable || !answer, "a connection that had ended gave an answer");
    question.check(answer);
  }
  for (int i = 0; i < 4; ++i) {
    const auto notification = connection.next_notification(deadline);
    if (!notification) {
      check_failure(notification.failure());
      break;
    }
    if (const auto event = read_event(notification->params)) {
      compare_with_text(Json::parse(params_of(*event).dump()), notification->params);
    }
  }
  const std::vector<Call> several(3, questions().front().call);
  for (const auto& answer : connection.ask_all(several, deadline)) {
    questions().front().check(answer);
  }
}

void one_server(std::string_view script) {
  HostileServer hostile;
  hostile.says_hello = !script.starts_with('!');
  hostile.lines = fuzz::lines_of(script.substr(hostile.says_hello ? 0 : 1), 64);
  server = &hostile;
  const Deadline deadline = Clock::now() + std::chrono::minutes(10);
  const auto opened = Connection::open({"memory", {}}, deadline);
  if (opened) {
    ask_everything(**opened, deadline);
  } else {
    check_failure(opened.failure());
  }
}

}  // namespace
}  // namespace profile_broker::client

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  profile_broker::client::one_server({reinterpret_cast<const char*>(data), size});
  return 0;
}
