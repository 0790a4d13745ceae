// A connection in memory: what a peer sends and what it gets, without a socket or a pipe, and a
// clock that the test moves.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "proto/jsonrpc.h"
#include "service/connection.h"
#include "tests/service/memory_transport.h"
#include "tests/service/terminal_server.h"

namespace profile_broker::service {

namespace asio = boost::asio;
class MemoryPeer final : public Peer {
 public:
  MemoryPeer(asio::io_context& context, Caller caller)
      : transport_(context), caller_(std::move(caller)) {}
  Transport& transport() override { return transport_; }
  std::unique_ptr<ProcessPin> take_pin() override { return nullptr; }
  const std::string& provisional_user() const override { return caller_.holder.hive; }
  std::variant<Caller, std::string> blocking_identify(std::string_view first_frame) override {
    identified_by = first_frame;
    if (refused) {
      return std::string("not allowed");
    }
    return caller_;
  }
  MemoryTransport& memory() { return transport_; }

  bool refused = false;
  std::string identified_by;

 private:
  MemoryTransport transport_;
  Caller caller_;
};

// A host without a listener: one terminal server, one clock that the test moves.
struct Host final : ConnectionHost {
  TerminalServer server;
  asio::io_context context{1};
  DeadlineQueue queue{kFirstFrameDeadline};
  Turns its_turns{context.get_executor()};
  WorkClock clock{context.get_executor(), its_turns};
  WriteRounds rounds{context.get_executor()};
  std::vector<DisconnectReason> ended;
  std::shared_ptr<Connection> connection;
  MemoryPeer* peer = nullptr;  // borrowed from connection

  const Parts its_parts{server.dispatcher, queue, its_turns, clock, rounds};

  explicit Host(bool refused = false) {
    auto made = std::make_unique<MemoryPeer>(context, caller("S-1", 100));
    peer = made.get();
    peer->refused = refused;
    connection = std::make_shared<Connection>(context.get_executor(), std::move(made), *this, 1,
                                              ProcessKey{100, 1}, ConnectionQuota::Charge{});
    connection->start();
    settle();
  }
  ~Host() {
    connection->close(DisconnectReason::service_stopping);
    settle();
  }

  const Parts& parts() const override { return its_parts; }
  Moment moment_of(std::chrono::steady_clock::time_point) const override { return {}; }
  void deadline_armed() override {}
  std::optional<Refusal> identified(Connection&, const Caller&) override { return std::nullopt; }
  void connection_ended(Connection& one, DisconnectReason reason,
                        std::string_view) noexcept override {
    server.events.unsubscribe(one);
    ended.push_back(reason);
  }

  // Runs everything that can run.
  void settle() {
    context.restart();
    context.poll();
  }
  void send(std::string_view bytes) {
    peer->memory().incoming.append(bytes);
    peer->memory().wake();
    settle();
  }
  void send_frame(std::string_view content) {
    std::string bytes;
    append_frame(bytes, content);
    send(bytes);
  }
  void request(int id, std::string_view method, std::string_view params = "{}") {
    send_frame(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")" +
               std::string(method) + R"(","params":)" + std::string(params) + "}");
  }
  std::vector<Json> answers() {
    FrameReader reader(kMaxAnswerBytes);
    reader.append(std::exchange(peer->memory().outgoing, {}));
    std::vector<Json> all;
    while (const auto content = reader.next()) {
      all.push_back(Json::parse(*content));
    }
    return all;
  }
  void pass(std::chrono::milliseconds time) {
    queue.expire(Deadline::Clock::now() + time);
    settle();
  }
};

}  // namespace profile_broker::service
