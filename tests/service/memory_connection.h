// A connection in memory: what a peer sends and what it gets, without a socket or a pipe, and a
// clock that the test moves.
#pragma once

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "proto/jsonrpc.h"
#include "service/connection.h"
#include "tests/service/terminal_server.h"

namespace profile_broker::service {

namespace asio = boost::asio;
using boost::system::error_code;

// The two ends of a connection in memory: what the test sends, what the service answered.
class MemoryTransport final : public Transport {
 public:
  explicit MemoryTransport(asio::io_context& context) : wake_(context) {}

  asio::awaitable<std::size_t> read_some(asio::mutable_buffer buffer, error_code& error) override {
    while (incoming.empty() && !closed && !peer_closed) {
      wake_.expires_at(asio::steady_timer::time_point::max());
      error_code ignored;
      co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    if (closed || incoming.empty()) {
      error =
          closed ? asio::error::operation_aborted : asio::error::make_error_code(asio::error::eof);
      co_return 0;
    }
    const std::size_t bytes = std::min(buffer.size(), incoming.size());
    std::copy_n(incoming.begin(), bytes, static_cast<char*>(buffer.data()));
    incoming.erase(0, bytes);
    co_return bytes;
  }
  std::size_t write_now(asio::const_buffer buffer) noexcept override {
    if (!peer_reads) {
      return 0;
    }
    outgoing.append(static_cast<const char*>(buffer.data()), buffer.size());
    return buffer.size();
  }
  asio::awaitable<void> write(asio::const_buffer buffer, error_code& error) override {
    while (!peer_reads && !closed) {
      wake_writer_.expires_at(asio::steady_timer::time_point::max());
      error_code ignored;
      co_await wake_writer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    if (closed) {
      error = asio::error::operation_aborted;
      co_return;
    }
    outgoing.append(static_cast<const char*>(buffer.data()), buffer.size());
    peer_reads = !peer_reads_once;
  }
  void finish_sending() override {}
  void close() override {
    closed = true;
    wake();
  }
  void wake() {
    wake_.cancel();
    wake_writer_.cancel();
  }

  std::string incoming;
  std::string outgoing;
  bool peer_reads = true;
  bool peer_reads_once = false;  // one write, then it stands still again
  bool peer_closed = false;
  bool closed = false;

 private:
  asio::steady_timer wake_;
  asio::steady_timer wake_writer_{wake_.get_executor()};
};

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
  std::vector<DisconnectReason> ended;
  std::shared_ptr<Connection> connection;
  MemoryPeer* peer = nullptr;  // borrowed from connection

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

  Dispatcher& dispatcher() override { return server.dispatcher; }
  Moment now() const override { return {}; }
  DeadlineQueue& deadlines() override { return queue; }
  void deadline_armed() override {}
  std::optional<Refusal> identified(Connection&, const Caller&) override { return std::nullopt; }
  void connection_ended(Connection& one, DisconnectReason reason, const std::string&) override {
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
