// The connections of the service together: accepts them, counts them, times them, ends them. Passes
// what it cannot judge on: identity to the listener's peers, calls to the dispatcher. The accept
// loop has no way to end the service.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "service/connection.h"
#include "service/connection_quota.h"
#include "service/deadline_queue.h"
#include "service/listener.h"
#include "service/log.h"
#include "service/process_watch.h"

namespace profile_broker::service {

class Server final : public ConnectionHost {
 public:
  // All borrowed.
  Server(const boost::asio::any_io_executor& executor, Dispatcher& dispatcher,
         ProcessWatch& processes, EventFeed& events, Log& log, const ServiceLimits& limits);

  void serve(std::unique_ptr<Listener> listener);
  // Ends the listener and every connection. Idempotent.
  void stop();

  // Ends the process's connections and tells the dispatcher; for ProcessWatch to call.
  void process_ended(const ProcessKey& process) noexcept;

  // Of one account, or of all.
  std::uint32_t connection_count(const std::optional<std::string>& user) const {
    return user ? quota_.count_of(*user) : quota_.total();
  }
  void set_limits(const ServiceLimits& limits) { limits_ = limits; }

  const Parts& parts() const override { return parts_; }
  Moment moment_of(std::chrono::steady_clock::time_point now) const override;
  void deadline_armed() override;
  std::optional<Refusal> identified(Connection& connection, const Caller& caller) override;
  void connection_ended(Connection& connection, DisconnectReason reason,
                        std::string_view detail) noexcept override;

  // Starts again what may have stopped when memory ran out outside of any connection: accepting,
  // and the timer of the deadlines. Harmless when all runs. Throws when memory is short still.
  void resume();

 private:
  void start_accepting();
  boost::asio::awaitable<void> accept_peers();
  void log_end(Connection& connection, DisconnectReason reason, std::string_view detail);
  void admit(std::unique_ptr<Peer> peer);
  void forget_process_without_connections(const ProcessKey& process) noexcept;
  void report_exceeded(const std::string& account, const ConnectionQuota::Exceeded& exceeded,
                       const ProcessKey& process, const std::string& image);

  boost::asio::any_io_executor executor_;
  Dispatcher& dispatcher_;
  ProcessWatch& processes_;
  EventFeed& events_;
  Log& log_;
  ServiceLimits limits_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  // When the wall clock was read last, and what it said: between two looks time goes on evenly, and
  // a busy service reads one clock for a request and not two.
  mutable std::chrono::steady_clock::time_point looked_at_wall_{};
  mutable std::chrono::system_clock::time_point wall_then_{};
  std::unique_ptr<Listener> listener_;
  // The number of the coroutine that accepts, 0 when none does.
  std::shared_ptr<std::uint64_t> accepting_ = std::make_shared<std::uint64_t>(0);
  std::uint64_t last_accepting_ = 0;
  bool stopping_ = false;
  ConnectionQuota quota_;
  Turns turns_;
  WorkClock clock_;
  WriteRounds write_rounds_;
  DeadlineQueue deadlines_{kFirstFrameDeadline};
  const Parts parts_{dispatcher_, deadlines_, turns_, clock_, write_rounds_};
  bool deadline_timer_runs_ = false;
  boost::asio::steady_timer deadline_timer_;
  boost::asio::steady_timer back_off_timer_;
  ConnectionId last_id_ = 0;
  std::unordered_map<ConnectionId, std::shared_ptr<Connection>> connections_;
  using ConnectionsOfProcess = boost::intrusive::list<
      Connection,
      boost::intrusive::member_hook<Connection, decltype(Connection::of_process),
                                    &Connection::of_process>,
      boost::intrusive::constant_time_size<false>>;
  std::unordered_map<ProcessKey, ConnectionsOfProcess> by_process_;  // borrowed; none is empty
};

// One queue of deadlines serves all three, because they are equally long.
static_assert(kFirstFrameDeadline == kStartedFrameDeadline &&
              kFirstFrameDeadline == kWriteDeadline);

}  // namespace profile_broker::service
