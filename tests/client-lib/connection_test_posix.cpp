// The conversation with servers that do not keep to the protocol: whatever they say, a call ends,
// in time, with a failure that says so.
#include "client-lib/connection.h"

#include "tests/client-lib/frame_server_posix.h"
#include "tests/client-lib/names.h"
#include "tests/support/catch.h"
#include "tests/support/scratch_folder.h"

namespace profile_broker::client {
namespace {

Deadline in(std::chrono::milliseconds time) {
  return Clock::now() + time;
}

constexpr std::chrono::seconds kPlenty{30};

// A server that greets and then answers every request with these bytes.
FrameServer::Script always(const Reply& reply) {
  return [reply](const Request&) { return reply; };
}

struct Conversation {
  ScratchFolder folder;
  FrameServer server;
  std::unique_ptr<Connection> connection;

  explicit Conversation(FrameServer::Script script)
      : server(folder.file("socket"), std::move(script)) {
    auto opened = Connection::open(endpoint_at(server.address()), in(kPlenty));
    REQUIRE(opened);
    connection = std::move(*opened);
  }

  Outcome<result::Query> query(std::chrono::milliseconds time = kPlenty) {
    return typed<result::Query>(
        connection->ask(call::Query{name("Gateway"), std::nullopt}, in(time)));
  }
};

result::Query used_by(std::uint32_t references) {
  result::Query query;
  query.report.profile = "Gateway";
  query.report.references = references;
  return query;
}

}  // namespace

TEST_CASE("the service's hello is read when the connection opens") {
  Conversation conversation(always(Reply::silence()));
  CHECK(conversation.connection->hello().version == "9.9.9");
  CHECK(conversation.connection->hello().instance == plain_hello().instance);
}

TEST_CASE("an answer is read whatever pieces it comes in") {
  Conversation conversation([](const Request& request) {
    auto reply = Reply::result(request, used_by(3));
    reply.byte_by_byte = true;
    return reply;
  });
  const auto answer = conversation.query();
  REQUIRE(answer);
  CHECK(answer->report.references == 3);
}

TEST_CASE("notifications between a request and its answer are no answer") {
  Conversation conversation([](const Request& request) {
    auto reply = Reply::frame(notification_text("broker/event", OrderedJson::object()));
    reply.bytes += Reply::result(request, used_by(2)).bytes;
    return reply;
  });
  const auto answer = conversation.query();
  REQUIRE(answer);
  CHECK(answer->report.references == 2);
}

TEST_CASE("what a false or broken server says ends the connection and never the process") {
  const std::vector<std::pair<std::string, Reply>> sayings = {
      {"no frame at all", {"HTTP/1.1 400 Bad Request\r\n\r\n"}},
      {"control bytes", {std::string("\x00\x01\x02\xff\n\n", 6)}},
      {"a length beyond the limit", {"Content-Length: 9999999999\r\n\r\n"}},
      {"a negative length", {"Content-Length: -1\r\n\r\n"}},
      {"a header without end", {std::string(100'000, 'x')}},
      {"an empty frame", Reply::frame("")},
      {"no JSON", Reply::frame("{")},
      {"a batch", Reply::frame("[]")},
      {"not UTF-8", Reply::frame("{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":\"\xff\"}")},
      {"JSON without end of depth", Reply::frame(std::string(10'000, '['))},
      {"another request's answer", Reply::frame(R"({"jsonrpc":"2.0","id":99,"result":{}})")},
      {"an id of another type", Reply::frame(R"({"jsonrpc":"2.0","id":"2","result":{}})")},
      {"neither result nor error", Reply::frame(R"({"jsonrpc":"2.0","id":2})")},
      {"an error that is none", Reply::frame(R"({"jsonrpc":"2.0","id":2,"error":7})")},
      {"an error of wrong types",
       Reply::frame(R"({"jsonrpc":"2.0","id":2,"error":{"code":"x","message":1}})")},
      {"a method of wrong type", Reply::frame(R"({"jsonrpc":"2.0","method":7})")},
      {"half an answer", {"Content-Length: 100\r\n\r\n{\"jsonrpc\"", true}},
      {"its end", Reply::hang_up()},
  };
  for (const auto& [what, saying] : sayings) {
    DYNAMIC_SECTION(what) {
      Conversation conversation(always(saying));
      const auto answer = conversation.query();
      REQUIRE_FALSE(answer);
      CHECK(answer.failure().kind == Failure::Kind::unanswered);
      CHECK_FALSE(answer.failure().text.empty());
      CHECK_FALSE(conversation.connection->usable());
      CHECK_FALSE(conversation.query());  // still no answer, and nothing is sent
      CHECK(conversation.server.count("profile/query") == 1);
    }
  }
}

TEST_CASE("a result that is not what the method promises is a failure") {
  for (const auto* result : {"null", "7", "{}", R"({"profile":7})", "[]"}) {
    DYNAMIC_SECTION(result) {
      Conversation conversation(
          [&](const Request& request) { return Reply::frame(answer_text(*request.id, result)); });
      const auto answer = conversation.query();
      REQUIRE_FALSE(answer);
      CHECK(answer.failure().kind == Failure::Kind::unanswered);
    }
  }
}

TEST_CASE("a refusal has the service's reason, code and text") {
  Conversation conversation(
      [](const Request& request) { return Reply::refusal(request, Reason::being_removed); });
  const auto answer = conversation.query();
  REQUIRE_FALSE(answer);
  CHECK(answer.failure().kind == Failure::Kind::refused);
  CHECK(answer.failure().refused_as(Reason::being_removed));
  CHECK(answer.failure().hresult == hresult::kBusy);
  CHECK(conversation.connection->usable());
}

TEST_CASE("a refusal with a success code for an HRESULT is a failure all the same") {
  Conversation conversation([](const Request&) {
    return Reply::frame(R"({"jsonrpc":"2.0","id":2,"error":{"code":1,"message":"no",)"
                        R"("data":{"reason":"new","hresult":"0x00000000"}}})");
  });
  const auto answer = conversation.query();
  REQUIRE_FALSE(answer);
  CHECK(answer.failure().hresult == hresult::kCallFailed);
}

TEST_CASE("silence ends at the deadline") {
  Conversation conversation(always(Reply::silence()));
  const auto answer = conversation.query(std::chrono::milliseconds(50));
  REQUIRE_FALSE(answer);
  CHECK(answer.failure().hresult == hresult::kTimeout);
  CHECK_FALSE(conversation.connection->usable());
}

TEST_CASE("a server that never stops talking does not hold a call beyond its deadline") {
  ScratchFolder folder;
  FrameServer server(folder.file("socket"), [&](const Request&) {
    const auto one = Reply::frame(notification_text("broker/event", OrderedJson::object())).bytes;
    std::string endless;
    for (int i = 0; i < 500'000; ++i) {
      endless += one;
    }
    return Reply{endless, true};
  });
  auto opened = Connection::open(endpoint_at(server.address()), in(kPlenty));
  REQUIRE(opened);
  const auto answer =
      (*opened)->ask(call::Query{name("Gateway"), std::nullopt}, in(std::chrono::milliseconds(20)));
  REQUIRE_FALSE(answer);
  CHECK(answer.failure().kind == Failure::Kind::unanswered);
  opened = Failure{};  // closes, so that the server's write ends
}

TEST_CASE("a server that belongs to somebody else is sent nothing") {
  ScratchFolder folder;
  FrameServer server(folder.file("socket"), always(Reply::silence()));
  const auto opened = Connection::open({server.address(), {"4294967294"}}, in(kPlenty));
  REQUIRE_FALSE(opened);
  CHECK(opened.failure().kind == Failure::Kind::unreachable);
  CHECK(opened.failure().hresult == hresult::kNoAccess);
  CHECK(server.bytes_received() == 0);
}

TEST_CASE("where there is no service the failure says whether one is installed") {
  ScratchFolder folder;
  const auto open = [&] {
    const auto opened = Connection::open(endpoint_at(folder.file("socket")), in(kPlenty));
    REQUIRE_FALSE(opened);
    CHECK(opened.failure().kind == Failure::Kind::unreachable);
    return opened.failure().hresult;
  };
  CHECK(open() == hresult::kUnconfigured);
  std::filesystem::copy_file("/proc/self/comm", folder.file("socket"));  // a socket nobody serves
  CHECK(open() == hresult::kNetworkError);
}

TEST_CASE("an endpoint that can be none is reported as not installed") {
  for (const auto& address : {std::string(), std::string(5'000, 'x')}) {
    const auto opened = Connection::open(endpoint_at(address), in(kPlenty));
    REQUIRE_FALSE(opened);
    CHECK(opened.failure().hresult == hresult::kUnconfigured);
  }
}

TEST_CASE("requests sent together are answered in order") {
  Conversation conversation([n = std::make_shared<std::uint32_t>(0)](const Request& request) {
    return Reply::result(request, used_by(++*n));
  });
  const std::vector<Call> calls(Connection::kMaxRequestsInFlight,
                                call::Query{name("Gateway"), std::nullopt});
  const auto answers = conversation.connection->ask_all(calls, in(kPlenty));
  REQUIRE(answers.size() == calls.size());
  std::uint32_t expected = 0;
  for (const auto& answer : answers) {
    const auto query = typed<result::Query>(answer);
    REQUIRE(query);
    CHECK(query->report.references == ++expected);
  }
}

}  // namespace profile_broker::client
