// The whole service in memory: the real server, connections, dispatcher, table and journal, with
// simulated processes, byte streams and a journal file of memory. It can be crashed and started
// again; what a crash leaves is the journal's text and the processes that still live. For tests
// that play many peers in microseconds; checks nothing itself.
#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdio>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "service/journal.h"
#include "service/server.h"
#include "tests/service/memory_journal_file.h"
#include "tests/service/memory_transport.h"

namespace profile_broker::service {

// The simulated kernel's table of live processes, and who waits for the end of one.
class SimulatedProcesses {
 public:
  class Pin final : public ProcessPin {
   public:
    Pin(SimulatedProcesses& all, const Holder& holder) : all_(all) {
      key_ = holder.key;
      image_ = holder.image;
      session_ = holder.session;
    }
    Pin(const Pin&) = delete;
    Pin& operator=(const Pin&) = delete;
    ~Pin() override {
      if (const auto found = all_.waiting_.find(key_);
          found != all_.waiting_.end() && found->second.first == this) {
        all_.waiting_.erase(found);
      }
    }
    void wait_for_end(std::function<void()> ended) override {
      all_.waiting_[key_] = {this, std::move(ended)};
    }

   private:
    SimulatedProcesses& all_;  // borrowed
  };

  void begin(const Caller& process) { alive_[process.holder.key] = process; }
  bool is_alive(const ProcessKey& key) const { return alive_.contains(key); }

  // Null when it has ended.
  std::unique_ptr<ProcessPin> pin(const ProcessKey& key) {
    const auto found = alive_.find(key);
    return found == alive_.end() ? nullptr : std::make_unique<Pin>(*this, found->second.holder);
  }

  // What is to be run then: it tells whoever waits.
  std::function<void()> end(const ProcessKey& key) {
    alive_.erase(key);
    const auto found = waiting_.find(key);
    if (found == waiting_.end()) {
      return [] {};
    }
    auto ended = std::move(found->second.second);
    waiting_.erase(found);
    return ended;
  }

 private:
  std::map<ProcessKey, Caller> alive_;
  std::map<ProcessKey, std::pair<Pin*, std::function<void()>>> waiting_;  // borrowed pins
};

class SimulatedPeer final : public Peer {
 public:
  SimulatedPeer(std::shared_ptr<MemoryTransport> transport, Caller caller,
                std::unique_ptr<ProcessPin> pin)
      : transport_(std::move(transport)), caller_(std::move(caller)), pin_(std::move(pin)) {}

  Transport& transport() override { return *transport_; }
  std::unique_ptr<ProcessPin> take_pin() override { return std::move(pin_); }
  const std::string& provisional_user() const override { return caller_.holder.hive; }
  std::variant<Caller, std::string> blocking_identify(std::string_view) override { return caller_; }

 private:
  std::shared_ptr<MemoryTransport> transport_;
  Caller caller_;
  std::unique_ptr<ProcessPin> pin_;
};

// Hands out the peers that a test puts in.
class SimulatedListener final : public Listener {
 public:
  explicit SimulatedListener(asio::io_context& context) : wake_(context) {}

  asio::awaitable<std::variant<std::unique_ptr<Peer>, AcceptTrouble>> accept() override {
    while (peers_.empty() && !closed_) {
      wake_.expires_at(asio::steady_timer::time_point::max());
      error_code ignored;
      co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    if (closed_) {
      co_return AcceptTrouble{"closed"};
    }
    auto peer = std::move(peers_.front());
    peers_.pop_front();
    co_return peer;
  }
  void close() override {
    closed_ = true;
    wake_.cancel();
  }
  void put(std::unique_ptr<Peer> peer) {
    peers_.push_back(std::move(peer));
    wake_.cancel();
  }

 private:
  asio::steady_timer wake_;
  std::deque<std::unique_ptr<Peer>> peers_;
  bool closed_ = false;
};

class SimulatedLog final : public Log {
 public:
  void report(const LogEvent& event) noexcept override {
    const OutsideOfTheProcess there;
    damaged = damaged || event.id == LogEventId::journal_damaged;
  }
  void debug(std::string_view) noexcept override {}

  bool damaged = false;  // the journal was, at a start
};

inline std::string simulated_uuid(unsigned number) {
  char text[37];
  std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012u", number);
  return text;
}

class SimulatedService {
 public:
  // What runs between a start and a crash.
  struct Running {
    asio::io_context context{1};
    ReferenceTable table;
    EventFeed events;
    ProcessWatch processes;
    Journal journal;
    Dispatcher dispatcher;
    Server server;
    SimulatedListener* listener = nullptr;  // borrowed from server

    explicit Running(SimulatedService& around)
        : processes([this](const ProcessKey& key) { server.process_ended(key); }),
          journal(
              around.file_in_use(), table, around.log,
              [&around] {
                return JournalOpened{1, "1.2.3", simulated_uuid(around.starts), "one boot", {}};
              },
              around.small_journal_),
          dispatcher(
              {table, journal, processes, events,
               [&around] { return uuid_from_text(simulated_uuid(++around.last_uuid)).value(); },
               [](result::Status&, const std::optional<std::string>&) {}},
              {"1.2.3", simulated_uuid(around.starts), WallTime{}}, around.limits),
          server(context.get_executor(), dispatcher, processes, events, around.log, around.limits) {
    }
  };

  class ServiceTime {
   public:
    explicit ServiceTime(SimulatedService& of) : of_(of) { tell(true); }
    ~ServiceTime() { tell(false); }
    ServiceTime(const ServiceTime&) = delete;
    ServiceTime& operator=(const ServiceTime&) = delete;

   private:
    void tell(bool inside) {
      if (of_.memory_may_end) {
        of_.memory_may_end(inside);
      }
    }
    SimulatedService& of_;  // borrowed
  };

  // elsewhere: a journal file to use instead of the one in memory; borrowed. small_journal: see
  // Journal.
  explicit SimulatedService(ServiceLimits its_limits = {}, JournalFile* elsewhere = nullptr,
                            std::uint64_t small_journal = Journal::kSmallJournal)
      : limits(its_limits), elsewhere_(elsewhere), small_journal_(small_journal) {
    start();
  }
  ~SimulatedService() { crash(); }
  SimulatedService(const SimulatedService&) = delete;
  SimulatedService& operator=(const SimulatedService&) = delete;

  // As BrokerService does: replay, drop the dead, recover unless the last stop was in order.
  void start() {
    ++starts;
    running = std::make_unique<Running>(*this);
    const auto replayed = std::get<Replayed>(running->journal.replay_into(running->table));
    if (after_replay) {
      after_replay(running->table);
    }
    std::vector<ProcessKey> holders;
    for (const auto& [key, process] : running->table.processes()) {
      holders.push_back(key);
    }
    for (const ProcessKey& key : holders) {
      if (auto pin = processes.pin(key)) {
        running->processes.adopt(std::move(pin));
      } else {
        running->table.apply(change::ProcessEnded{key});
      }
    }
    running->dispatcher.set_recovering(!replayed.nothing && !replayed.closed_cleanly);
    running->journal.rewrite();
    auto listener = std::make_unique<SimulatedListener>(running->context);
    running->listener = listener.get();
    running->server.serve(std::move(listener));
    settle();
  }

  // Nothing is written any more; streams end. Harmless when it has crashed.
  void crash() {
    if (running) {
      running->server.stop();
      settle();
      running.reset();
    }
  }
  void stop_in_order() {
    running->dispatcher.set_stopping();
    running->server.stop();
    running->journal.close_cleanly(WallTime{});
    crash();
  }

  // A new connection of a live process. The stream is of no use once the service has crashed.
  std::shared_ptr<MemoryTransport> connect(const Caller& caller) {
    auto transport = std::make_shared<MemoryTransport>(running->context);
    running->listener->put(
        std::make_unique<SimulatedPeer>(transport, caller, processes.pin(caller.holder.key)));
    settle();
    return transport;
  }
  void send(MemoryTransport& transport, std::string_view bytes) {
    transport.incoming.append(bytes);
    transport.wake();
    settle();
  }
  void end_process(const ProcessKey& key) {
    asio::post(running->context, processes.end(key));
    settle();
  }
  // Deadlines that are due within that time are missed.
  void pass(std::chrono::milliseconds time) {
    running->server.parts().deadlines.expire(Deadline::Clock::now() + time);
    settle();
  }
  // Runs everything that can run. An exception here was no connection's; the service goes on, as
  // BrokerService::run does.
  void settle() {
    for (bool more = true; more;) {
      running->context.restart();
      const auto before = shortages_outside_connections;
      try {
        const ServiceTime inside(*this);
        running->context.poll();
      } catch (const std::bad_alloc&) {
        ++shortages_outside_connections;
      }
      more = shortages_outside_connections > before;
      running->server.resume();  // as every second in BrokerService
    }
    running->context.restart();
    running->context.poll();
  }

  unsigned shortages_outside_connections = 0;
  std::function<void(bool)> memory_may_end;  // true: the service works, false: the test does
  const ServiceLimits limits;
  SimulatedProcesses processes;
  MemoryJournalFile file;
  SimulatedLog log;
  unsigned last_uuid = 0;
  unsigned starts = 0;
  std::function<void(const ReferenceTable&)> after_replay;  // before the dead are dropped
  std::unique_ptr<Running> running;                         // null: crashed

 private:
  JournalFile& file_in_use() { return elsewhere_ ? *elsewhere_ : file; }

  JournalFile* const elsewhere_;
  const std::uint64_t small_journal_;
};

}  // namespace profile_broker::service
