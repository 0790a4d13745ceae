// The server over a listener in memory: what it tells the administrator of peers that it does not
// serve.
#include "service/server.h"

#include <boost/asio/io_context.hpp>
#include <deque>

#include "tests/service/memory_connection.h"
#include "tests/service/remembering_log.h"

using namespace profile_broker;
using namespace profile_broker::service;

namespace {

class MemoryPin final : public ProcessPin {
 public:
  explicit MemoryPin(std::uint32_t pid) {
    key_ = {pid, 1};
    image_ = "intruder.exe";
  }
  void wait_for_end(std::function<void()>) override {}
};

class RefusedPeer final : public Peer {
 public:
  RefusedPeer(asio::io_context& context, std::uint32_t pid, bool refused)
      : transport_(context), pid_(pid), refused_(refused) {
    append_frame(transport_.incoming, R"({"jsonrpc":"2.0","id":1,"method":"broker/hello"})");
  }
  Transport& transport() override { return transport_; }
  std::unique_ptr<ProcessPin> take_pin() override { return std::make_unique<MemoryPin>(pid_); }
  const std::string& provisional_user() const override { return user_; }
  std::variant<Caller, std::string> blocking_identify(std::string_view) override {
    if (refused_) {
      return std::string("it is anonymous");
    }
    return caller(user_, pid_);
  }

 private:
  MemoryTransport transport_;
  std::uint32_t pid_;
  bool refused_;
  std::string user_ = "S-1";
};

// A null among what is coming: no memory for whoever would be next.
class MemoryListener final : public Listener {
 public:
  using Accepted = std::variant<std::unique_ptr<Peer>, AcceptTrouble>;
  explicit MemoryListener(asio::io_context& context, std::deque<Accepted> coming)
      : coming_(std::move(coming)), closed_(context) {}
  asio::awaitable<Accepted> accept() override {
    if (coming_.empty()) {
      closed_.expires_at(asio::steady_timer::time_point::max());
      error_code ignored;
      co_await closed_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      co_return AcceptTrouble{"closed"};
    }
    auto next = std::move(coming_.front());
    coming_.pop_front();
    if (const auto* peer = std::get_if<std::unique_ptr<Peer>>(&next); peer && !*peer) {
      throw std::bad_alloc();
    }
    co_return next;
  }
  void close() override { closed_.cancel(); }

 private:
  std::deque<Accepted> coming_;
  asio::steady_timer closed_;
};

struct Serving {
  asio::io_context context{1};
  TerminalServer terminal_server;
  RememberingLog log;
  ProcessWatch processes{[](const ProcessKey&) {}};
  ServiceLimits limits;

  void serve(std::deque<MemoryListener::Accepted> coming) {
    Server server(context.get_executor(), terminal_server.dispatcher, processes,
                  terminal_server.events, log, limits);
    server.serve(std::make_unique<MemoryListener>(context, std::move(coming)));
    context.poll();
    server.stop();
    context.restart();
    context.poll();
  }
  MemoryListener::Accepted peer(std::uint32_t pid, bool refused) {
    return std::make_unique<RefusedPeer>(context, pid, refused);
  }
};

}  // namespace

TEST_CASE("a peer that is not who it must be is told of with account, process and program") {
  Serving serving;
  std::deque<MemoryListener::Accepted> coming;
  coming.push_back(serving.peer(42, true));
  serving.serve(std::move(coming));
  REQUIRE(serving.log.events.size() == 1);
  CHECK(serving.log.events[0].id == LogEventId::peer_refused);
  CHECK(serving.log.events[0].inserts ==
        std::vector<std::string>{"S-1", "42", "intruder.exe", "it is anonymous"});
}

TEST_CASE("a peer that is turned away before it says anything is told of as well") {
  Serving serving;
  std::deque<MemoryListener::Accepted> coming;
  coming.push_back(AcceptTrouble{"no token", false, TurnedAway{{}, 43, "x.exe"}});
  serving.serve(std::move(coming));
  REQUIRE(serving.log.events.size() == 1);
  CHECK(serving.log.events[0].inserts ==
        std::vector<std::string>{"(unknown)", "43", "x.exe", "no token"});
}

TEST_CASE("a client that came and went is nobody's concern; a shortage is told of") {
  Serving serving;
  std::deque<MemoryListener::Accepted> coming;
  coming.push_back(AcceptTrouble{"gone"});
  coming.push_back(AcceptTrouble{"no memory", true});
  serving.serve(std::move(coming));
  REQUIRE(serving.log.events.size() == 1);
  CHECK(serving.log.events[0].id == LogEventId::accept_delayed);
}

TEST_CASE("an account with too many connections is told of, with the setting") {
  Serving serving;
  serving.limits.connections_per_user = 1;
  std::deque<MemoryListener::Accepted> coming;
  coming.push_back(serving.peer(42, false));
  coming.push_back(serving.peer(43, false));
  serving.serve(std::move(coming));
  REQUIRE(serving.log.events.size() == 1);
  CHECK(serving.log.events[0].id == LogEventId::quota_reached);
  CHECK(serving.log.events[0].inserts ==
        std::vector<std::string>{"S-1", "ConnectionsPerUser", "1", "43", "intruder.exe"});
}

TEST_CASE("accepting that fails begins anew, is told of, and serves who comes then") {
  Serving serving;
  std::deque<MemoryListener::Accepted> coming;
  coming.push_back(std::unique_ptr<Peer>());
  coming.push_back(serving.peer(42, true));
  serving.serve(std::move(coming));
  REQUIRE(serving.log.events.size() == 2);
  CHECK(serving.log.events[0].id == LogEventId::accept_restarted);
  CHECK(serving.log.events[0].inserts == std::vector<std::string>{std::bad_alloc().what()});
  CHECK(serving.log.events[1].id == LogEventId::peer_refused);
}
