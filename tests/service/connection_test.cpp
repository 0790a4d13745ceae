#include "service/connection.h"

#include "tests/service/memory_connection.h"

using namespace profile_broker;
using namespace profile_broker::service;
using namespace std::chrono_literals;

TEST_CASE("requests of one connection are answered in order, however they arrive") {
  Host host;
  std::string burst;
  for (int i = 1; i <= 16; ++i) {
    append_frame(burst,
                 R"({"jsonrpc":"2.0","id":)" + std::to_string(i) + R"(,"method":"broker/hello"})");
  }
  SECTION("all at once") {
    host.send(burst);
  }
  SECTION("byte by byte") {
    for (const char c : burst) {
      host.send({&c, 1});
    }
  }
  const auto answers = host.answers();
  REQUIRE(answers.size() == 16);
  for (int i = 0; i < 16; ++i) {
    CHECK(answers[i]["id"] == i + 1);
    CHECK(answers[i]["result"]["hive"] == "S-1");
  }
}

TEST_CASE("the peer is identified after its first frame and not before") {
  Host host;
  host.send("Content-Length: 2\r\n\r\n{");
  CHECK(host.peer->identified_by.empty());
  host.send("}");
  CHECK(host.peer->identified_by == "{}");
}

TEST_CASE("a peer that may not be served hears so and is disconnected") {
  Host host(true);
  host.request(1, "broker/hello");
  CHECK(host.ended == std::vector<DisconnectReason>{DisconnectReason::not_identified});
  CHECK(host.answers().at(0)["error"]["data"]["reason"] == "accessDenied");
}

TEST_CASE("whoever says nothing is disconnected after the first frame's deadline") {
  Host host;
  host.pass(kFirstFrameDeadline - 500ms);
  CHECK(host.ended.empty());
  host.send("Content-Le");  // a beginning is no frame
  host.pass(kFirstFrameDeadline + 100ms);
  CHECK(host.ended == std::vector<DisconnectReason>{DisconnectReason::first_frame_too_late});
}

TEST_CASE(
    "a frame once begun must be complete in time; between frames there is all the time of the "
    "world") {
  Host host;
  host.request(1, "broker/hello");
  host.pass(24h);
  CHECK(host.ended.empty());
  host.send("Content-Length: 10\r\n\r\n");
  host.send("{");
  host.pass(kStartedFrameDeadline + 100ms);
  CHECK(host.ended == std::vector<DisconnectReason>{DisconnectReason::frame_too_late});
}

TEST_CASE("a frame that has only its header yet has begun as well") {
  Host host;
  host.request(1, "broker/hello");
  host.send("Content-Length: 10\r\n\r\n");
  host.pass(kStartedFrameDeadline + 100ms);
  CHECK(host.ended == std::vector<DisconnectReason>{DisconnectReason::frame_too_late});
}

TEST_CASE("who sends without a pause has the whole time for each frame") {
  Host host;
  host.request(1, "broker/hello");
  std::string frame;
  append_frame(frame, R"({"jsonrpc":"2.0","id":2,"method":"broker/hello"})");
  const auto half = frame.size() / 2;
  host.send(frame + frame.substr(0, half));
  const auto first = host.queue.next();
  REQUIRE(first);
  host.send(frame.substr(half) + frame.substr(0, half));  // never between frames
  CHECK(host.queue.next() > first);
}

TEST_CASE("a violation of the framing is answered once and ends the connection") {
  Host host;
  host.request(1, "broker/hello");
  host.answers();
  host.send("Content-Length: 99999\r\n\r\n");
  CHECK(host.answers().at(0)["error"]["code"] == -32600);
  CHECK(host.ended == std::vector<DisconnectReason>{DisconnectReason::framing_violated});
}

TEST_CASE("frames that came before a violation are still carried out") {
  Host host;
  std::string bytes;
  append_frame(bytes,
               R"({"jsonrpc":"2.0","id":1,"method":"reference/acquire","params":{"profile":"A"}})");
  host.send(bytes + "nonsense\r\n\r\n");
  CHECK(host.server.table.reference_count() == 1);
  CHECK(host.answers().size() == 2);
}

TEST_CASE("what is no request is refused and the connection lives on") {
  Host host;
  for (const auto* content :
       {"nonsense", "[]", R"({"jsonrpc":"2.0","id":1,"method":"no/such"})",
        R"({"jsonrpc":"2.0","id":1,"method":"reference/acquire","params":[1]})"}) {
    host.send_frame(content);
  }
  const auto answers = host.answers();
  REQUIRE(answers.size() == 4);
  CHECK(answers[0]["error"]["code"] == -32700);
  CHECK(answers[1]["error"]["code"] == -32600);
  CHECK(answers[2]["error"]["code"] == -32601);
  CHECK(answers[3]["error"]["code"] == -32602);
  CHECK(host.ended.empty());
}

TEST_CASE("a notification is carried out and not answered") {
  Host host;
  host.send_frame(R"({"jsonrpc":"2.0","method":"reference/acquire","params":{"profile":"A"}})");
  host.send_frame(R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}})");
  CHECK(host.answers().empty());
  CHECK(host.server.table.reference_count() == 1);
}

TEST_CASE("references outlive their connection") {
  Host host;
  host.request(1, "reference/acquire", R"({"profile":"A"})");
  host.peer->memory().peer_closed = true;
  host.send("");
  CHECK(host.ended == std::vector<DisconnectReason>{DisconnectReason::closed_by_peer});
  CHECK(host.server.table.reference_count() == 1);
}

TEST_CASE("a peer that leaves inside a frame is told apart from one that leaves between frames") {
  Host host;
  host.request(1, "broker/hello");
  host.peer->memory().peer_closed = true;
  host.send("Content-Length: 10\r\n\r\n{");
  CHECK(host.ended == std::vector<DisconnectReason>{DisconnectReason::closed_inside_frame});
}

TEST_CASE("who asks and never reads is not served without bound, and is disconnected in time") {
  Host host;
  host.request(1, "broker/hello");
  host.peer->memory().peer_reads = false;
  std::string burst;
  for (int i = 0; i < 2'000; ++i) {
    append_frame(burst, R"({"jsonrpc":"2.0","id":2,"method":"broker/status"})");
  }
  host.send(burst);
  CHECK_FALSE(host.peer->memory().incoming.empty());  // not everything was even read
  CHECK(host.ended.empty());
  host.pass(kWriteDeadline + 100ms);
  CHECK(host.ended == std::vector<DisconnectReason>{DisconnectReason::write_too_slow});
}

TEST_CASE("a slow subscriber loses events, is told how far, and hurts nobody else") {
  Host host;
  host.request(1, "broker/subscribe");
  host.answers();
  host.peer->memory().peer_reads = false;
  const auto other = caller("S-1", 200);
  for (int i = 0; i < 1'000; ++i) {
    host.server.release(other, host.server.acquire(other, "A"));
  }
  host.settle();
  host.peer->memory().peer_reads = true;
  host.peer->memory().wake();
  host.settle();
  const auto events = host.answers();
  REQUIRE(events.size() > 10);
  REQUIRE(events.size() < 2'000);
  CHECK(events.back()["params"]["event"] == "overflow");
  CHECK(events.back()["params"]["sequence"] == 2'000);
  for (std::size_t i = 0; i + 1 < events.size(); ++i) {
    REQUIRE(events[i]["params"]["sequence"] == i + 1);
  }
  host.server.acquire(other, "B");
  host.settle();
  CHECK(host.answers().at(0)["params"]["sequence"] == 2'001);
}

TEST_CASE("an overflow is told before the events that came after it") {
  Host host;
  host.request(1, "broker/subscribe");
  host.answers();
  MemoryTransport& transport = host.peer->memory();
  transport.peer_reads = false;
  const auto other = caller("S-1", 200);
  for (int i = 0; i < 1'000; ++i) {
    host.server.release(other, host.server.acquire(other, "A"));
  }
  host.settle();
  transport.peer_reads_once = true;  // takes what was under way; what was queued is under way then
  transport.peer_reads = true;
  transport.wake();
  host.settle();
  host.server.acquire(other, "B");
  host.settle();
  transport.peer_reads_once = false;
  transport.peer_reads = true;
  transport.wake();
  host.settle();
  const auto events = host.answers();
  REQUIRE(events.size() > 10);
  CHECK(events.back()["params"]["sequence"] == 2'001);
  CHECK(events[events.size() - 2]["params"]["event"] == "overflow");
  CHECK(events[events.size() - 2]["params"]["sequence"] == 2'000);
}
