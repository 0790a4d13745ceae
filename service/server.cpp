// Accepting and ending (server.h).
#include "service/server.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "proto/framing.h"
#include "proto/json_reader.h"
#include "proto/jsonrpc.h"
#include "service/memory_reserve.h"

namespace profile_broker::service {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto kFirstBackOff = 100ms;
constexpr auto kLongestBackOff = 5'000ms;
constexpr auto kBetweenLooksAtWall = 1ms;

// A peer's text as a JSON string, so that it cannot look like a log line of its own.
std::string quoted_in_blanks(const std::string& text) {
  using Escaping = Json::error_handler_t;
  return text.empty() ? " " : " (" + Json(text).dump(-1, ' ', true, Escaping::replace) + ") ";
}

constexpr char kUnknownAccount[] = "(unknown)";

std::string text_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "unknown error";
  }
}

// Says which coroutine accepts, for as long as that lives: when memory runs out while Asio starts
// to wait, a coroutine is destroyed and nobody is told. It may outlive the server.
class Accepting {
 public:
  Accepting(std::shared_ptr<std::uint64_t> who, std::uint64_t number)
      : who_(std::move(who)), number_(number) {
    *who_ = number_;
  }
  Accepting(Accepting&&) noexcept = default;
  Accepting& operator=(Accepting&&) = delete;
  ~Accepting() {
    if (who_ && *who_ == number_) {
      *who_ = 0;
    }
  }

 private:
  std::shared_ptr<std::uint64_t> who_;
  std::uint64_t number_;
};

}  // namespace

Server::Server(const asio::any_io_executor& executor, Dispatcher& dispatcher,
               ProcessWatch& processes, EventFeed& events, Log& log, const ServiceLimits& limits)
    : executor_(executor),
      dispatcher_(dispatcher),
      processes_(processes),
      events_(events),
      log_(log),
      limits_(limits),
      turns_(executor),
      clock_(executor, turns_),
      write_rounds_(executor),
      deadline_timer_(executor),
      back_off_timer_(executor) {}

void Server::serve(std::unique_ptr<Listener> listener) {
  listener_ = std::move(listener);
  start_accepting();
}

void Server::start_accepting() {
  asio::co_spawn(
      executor_,
      [accepting = Accepting(accepting_, ++last_accepting_), this]() -> asio::awaitable<void> {
        co_await accept_peers();
      },
      [this](const std::exception_ptr& failure) {
        if (failure && !stopping_) {  // out of memory: the loop must not end with it
          try {
            log_.report(log_event<LogEventId::accept_restarted>(text_of(failure)));
          } catch (const std::bad_alloc&) {  // no memory to say so
            log_.debug("accepting begins anew");
          }
          start_accepting();
        }
      });
}

void Server::resume() {
  if (*accepting_ == 0 && !stopping_ && listener_) {
    start_accepting();
  }
  turns_.resume();
  deadline_armed();
}

asio::awaitable<void> Server::accept_peers() {
  auto back_off = std::chrono::milliseconds(kFirstBackOff);
  while (!stopping_) {
    auto accepted = co_await listener_->accept();
    if (stopping_) {
      co_return;
    }
    if (auto* peer = std::get_if<std::unique_ptr<Peer>>(&accepted)) {
      admit(std::move(*peer));
      back_off = kFirstBackOff;
      continue;
    }
    const auto& trouble = std::get<AcceptTrouble>(accepted);
    if (const auto& who = trouble.turned_away) {
      log_.report(log_event<LogEventId::peer_refused>(
          who->account.empty() ? std::string(kUnknownAccount) : who->account, who->process,
          who->image, trouble.text));
    }
    if (!trouble.back_off) {
      log_.debug(trouble.text);
      continue;
    }
    log_.report(log_event<LogEventId::accept_delayed>(trouble.text, back_off.count()));
    back_off_timer_.expires_after(back_off);
    co_await back_off_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    back_off = std::min(back_off * 2, std::chrono::milliseconds(kLongestBackOff));
  }
}

void Server::admit(std::unique_ptr<Peer> peer) {
  if (memory_is_short()) {
    peer->transport().close();
    return;
  }
  auto charge = quota_.take(peer->provisional_user(), limits_);
  if (const auto* exceeded = std::get_if<ConnectionQuota::Exceeded>(&charge)) {
    const auto pin = peer->take_pin();
    report_exceeded(peer->provisional_user(), *exceeded, pin->key(), pin->image());
    std::string goodbye;
    append_frame(goodbye, refusal_text({}, {Reason::quota_exceeded, exceeded->text}));
    peer->transport().write_now(asio::buffer(goodbye));
    peer->transport().finish_sending();
    peer->transport().close();
    return;
  }
  const ProcessKey process = processes_.connection_begins(peer->take_pin());
  const ConnectionId id = ++last_id_;
  std::shared_ptr<Connection> connection;
  try {
    connection = std::make_shared<Connection>(executor_, std::move(peer), *this, id, process,
                                              std::get<ConnectionQuota::Charge>(std::move(charge)));
    auto& of_process = by_process_[process];
    connections_.emplace(id, connection);
    of_process.push_back(*connection);
  } catch (...) {  // out of memory: the process is not watched for a connection that is not there
    forget_process_without_connections(process);
    processes_.connection_ends(process);
    throw;
  }
  try {
    connection->start();
  } catch (...) {
    connection->close(DisconnectReason::read_failed, "out of memory");
    throw;
  }
}

std::optional<Refusal> Server::identified(Connection& connection, const Caller& caller) {
  connection.charge().no_longer_silent();
  if (connection.charge().user() != caller.holder.hive) {
    auto charge = quota_.take(caller.holder.hive, limits_);
    if (const auto* exceeded = std::get_if<ConnectionQuota::Exceeded>(&charge)) {
      report_exceeded(caller.holder.hive, *exceeded, caller.holder.key, caller.holder.image);
      return Refusal{Reason::quota_exceeded, exceeded->text};
    }
    connection.charge() = std::get<ConnectionQuota::Charge>(std::move(charge));
    connection.charge().no_longer_silent();
  }
  return std::nullopt;
}

void Server::connection_ended(Connection& connection, DisconnectReason reason,
                              std::string_view detail) noexcept {
  try {
    log_end(connection, reason, detail);
  } catch (...) {  // out of memory: everything below takes none
    log_.debug("a connection ended, and there was no memory to say which");
  }
  events_.unsubscribe(connection);
  dispatcher_.connection_closed(connection.id());
  processes_.connection_ends(connection.process());
  connection.charge() = {};
  connection.of_process.unlink();
  forget_process_without_connections(connection.process());
  connections_.erase(connection.id());
}

void Server::forget_process_without_connections(const ProcessKey& process) noexcept {
  const auto its = by_process_.find(process);
  if (its != by_process_.end() && its->second.empty()) {
    by_process_.erase(its);
  }
}

void Server::log_end(Connection& connection, DisconnectReason reason, std::string_view detail) {
  const std::string who = "connection " + std::to_string(connection.id()) + " of process " +
                          std::to_string(connection.process().pid) +
                          quoted_in_blanks(connection.client_name()) +
                          "ended: " + std::string(word_of(reason)) +
                          (detail.empty() ? "" : " (" + std::string(detail) + ")");
  log_.debug(who);
  if (reason == DisconnectReason::not_identified) {
    log_.report(
        log_event<LogEventId::peer_refused>(connection.charge().user(), connection.process().pid,
                                            processes_.image_of(connection.process()), detail));
  }
}

void Server::process_ended(const ProcessKey& process) noexcept {
  // Its connections first: a child that inherited one must not act in the dead process's name. A
  // connection that closes leaves the list, and no memory is asked for.
  for (auto its = by_process_.find(process); its != by_process_.end();
       its = by_process_.find(process)) {
    its->second.front().shared_from_this()->close(DisconnectReason::process_ended);
  }
  dispatcher_.process_ended(process, moment_of(std::chrono::steady_clock::now()));
}

Moment Server::moment_of(std::chrono::steady_clock::time_point now) const {
  if (now - looked_at_wall_ > kBetweenLooksAtWall || now < looked_at_wall_) {
    looked_at_wall_ = now;
    wall_then_ = std::chrono::system_clock::now();
  }
  const auto wall = wall_then_ + std::chrono::duration_cast<std::chrono::system_clock::duration>(
                                     now - looked_at_wall_);
  return {std::chrono::floor<std::chrono::milliseconds>(wall),
          std::chrono::duration_cast<std::chrono::milliseconds>(now - started_)};
}

void Server::deadline_armed() {
  const auto next = deadlines_.next();
  if (deadline_timer_runs_ || !next || stopping_) {
    return;
  }
  deadline_timer_.expires_at(*next);
  deadline_timer_.async_wait([this](const boost::system::error_code& error) {
    deadline_timer_runs_ = false;
    if (!error) {
      deadlines_.expire(std::chrono::steady_clock::now());
      deadline_armed();
    }
  });
  deadline_timer_runs_ = true;  // now: if memory ran out above, the next deadline tries again
}

void Server::report_exceeded(const std::string& account, const ConnectionQuota::Exceeded& exceeded,
                             const ProcessKey& process, const std::string& image) {
  log_.report(log_event<LogEventId::quota_reached>(account, exceeded.setting, exceeded.limit,
                                                   process.pid, image));
}

void Server::stop() {
  if (std::exchange(stopping_, true)) {
    return;
  }
  if (listener_) {
    listener_->close();
  }
  deadline_timer_.cancel();
  back_off_timer_.cancel();
  const auto all = connections_;
  for (const auto& [id, connection] : all) {
    connection->close(DisconnectReason::service_stopping);
  }
}

}  // namespace profile_broker::service
