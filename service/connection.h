// One peer's connection: reads frames, has the peer identified after the first one, hands calls to
// the dispatcher in order and writes the answers in order, with events between them. Knows
// deadlines and queues; not what calls mean, who may do what, or what carries the bytes. Whatever a
// peer does ends at worst its own connection, with a reason.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "proto/framing.h"
#include "proto/text_buffer.h"
#include "service/connection_quota.h"
#include "service/deadline_queue.h"
#include "service/dispatcher.h"
#include "service/listener.h"
#include "service/turns.h"
#include "service/work_clock.h"
#include "service/write_rounds.h"

namespace profile_broker::service {

// Why a connection ended, for the log; proto/protocol.md tells what each side sees.
enum class DisconnectReason {
  closed_by_peer,
  closed_inside_frame,  // the peer went away in the middle of a frame
  read_failed,
  write_failed,
  framing_violated,
  not_identified,  // the operating system could not say who it is, or the peer is not allowed in
  first_frame_too_late,
  frame_too_late,
  write_too_slow,
  process_ended,
  quota_exceeded,
  service_stopping,
};

std::string_view word_of(DisconnectReason reason);
// The detail of an end for want of memory.
inline constexpr std::string_view kOutOfMemory = "out of memory or an internal error";

class Connection;

// What a connection needs of the server around it.
class ConnectionHost {
 public:
  // What every request passes through. Borrowed.
  struct Parts {
    Dispatcher& dispatcher;
    DeadlineQueue& deadlines;
    Turns& turns;
    WorkClock& clock;
    WriteRounds& write_rounds;
  };

  // Asked for when a connection is made.
  virtual const Parts& parts() const = 0;
  virtual Moment moment_of(std::chrono::steady_clock::time_point now) const = 0;
  virtual void deadline_armed() = 0;  // the server's timer may have to run earlier
  // The peer is known now; a refusal closes the connection.
  virtual std::optional<Refusal> identified(Connection& connection, const Caller& caller) = 0;
  // Called once. detail is for the log: claimed and actual values, the system's error.
  virtual void connection_ended(Connection& connection, DisconnectReason reason,
                                std::string_view detail) noexcept = 0;

 protected:
  ~ConnectionHost() = default;
};

class Connection final : public EventSubscriber,
                         public Reader,
                         public std::enable_shared_from_this<Connection> {
 public:
  // host is borrowed and outlives every connection.
  Connection(const boost::asio::any_io_executor& executor, std::unique_ptr<Peer> peer,
             ConnectionHost& host, ConnectionId id, ProcessKey process,
             ConnectionQuota::Charge charge);

  void start();
  // Ends it at once, whatever memory is left; harmless when it has ended.
  void close(DisconnectReason reason, std::string_view detail = {}) noexcept;

  ConnectionId id() const { return id_; }
  const ProcessKey& process() const { return process_; }
  const std::optional<Caller>& caller() const { return caller_; }
  // What the peer calls itself in broker/hello: any text, for the log only.
  const std::string& client_name() const { return client_name_; }
  ConnectionQuota::Charge& charge() { return charge_; }

  // Its place among the connections of its process; the server's.
  boost::intrusive::list_member_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>
      of_process;

  void deliver(const Event& event) noexcept override;
  void read_done(const boost::system::error_code& error, std::size_t bytes) noexcept override;
  std::shared_ptr<Reader> kept() override { return shared_from_this(); }

 private:
  boost::asio::awaitable<void> write_queue();
  void wake_writer();

  // What goes wrong in work (no memory, a defect of ours) ends the connection and nothing else.
  template <typename Work>
  void guarded(Work work) noexcept;
  void read_more();
  void end_of_stream(const boost::system::error_code& error);
  // Serves the frames that are there, as far as its account's turn and the room for answers go;
  // where it must wait it returns, and is called again.
  void serve_frames();
  void turn_has_come();
  bool has_room_for_answers();
  bool identify(std::string_view first_frame);
  // Returns the time for what comes next.
  WorkClock::Clock::time_point handle(std::string_view content, WorkClock::Clock::time_point now);
  void carry_out_anything(std::string_view content, Moment now);  // what read_quickly() leaves
  // id: nothing for a notification, which is carried out and not answered.
  WorkClock::Weight carry_out(std::optional<std::string_view> id, Call&& call, Moment now);
  void answer(std::optional<std::string_view> id, const Dispatcher::Outcome& outcome);
  void queue(std::string_view content);
  void say_goodbye(const Refusal& refusal);
  void flush_now();
  void queue_event(const Event& event);
  void report_overflow();
  void set_deadline_after_read(bool frame_done);

  std::unique_ptr<Peer> peer_;
  Transport& transport_;  // the peer's
  ConnectionHost& host_;
  const ConnectionHost::Parts& with_;
  ConnectionId id_;
  ProcessKey process_;
  ConnectionQuota::Charge charge_;
  std::optional<Caller> caller_;
  Acquaintance acquaintance_;
  std::string client_name_;
  FrameReader frames_;

  TextBuffer outbound_;             // queued, not yet handed to the transport
  std::optional<Event> last_lost_;  // of the events since the queue was full
  bool writing_ = false;            // write_queue() has bytes under way
  bool closed_ = false;
  bool out_of_memory_ = false;  // an event could not be queued: the writer ends the connection
  boost::asio::steady_timer work_for_writer_;  // cancelled to wake the writer
  bool waits_for_room_ = false;                // serve_frames() goes on when answers are written
  bool frame_done_ = false;                    // since the last read
  std::string_view waiting_frame_;             // until its turn comes; within frames_
  Turn turn_;
  WriteTurn write_turn_;
  Deadline read_deadline_;
  Deadline write_deadline_;
};

}  // namespace profile_broker::service
