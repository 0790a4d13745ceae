// When answers leave. Alone, a connection's answers are written at once. When several connections
// have asked together, all of them are served first and all answers written after that: so the
// programs are woken once and find their answers there, instead of one after the other (of 16
// requests in flight on each of 8 connections a pair takes 3.2 us of the service's processor time
// instead of 3.9, on 64 connections one by one 11.5 instead of 13.2). Nobody waits for the others
// longer than kLongest and one request. Does not know what is written.
// On Windows (write_rounds_win.cpp) nobody ever waits.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <functional>
#include <utility>

#include "service/event_loop.h"

namespace profile_broker::service {

// One connection's place in a round. When it dies it leaves the round.
class WriteTurn {
 public:
  // write writes what there is to be written; it must not throw.
  explicit WriteTurn(std::function<void()> write) : write_(std::move(write)) {}

  // True: it may have had something to write.
  bool leave() {
    const bool waited = hook_.is_linked();
    hook_.unlink();
    return waited;
  }

 private:
  friend class WriteRounds;
  using Hook = boost::intrusive::list_member_hook<
      boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

  Hook hook_;
  std::function<void()> write_;
};

class WriteRounds {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::microseconds kLongest{250};
  // So many served in a round begin to be written together; after so many rounds of one connection
  // they no longer are. Whether they are, a look after every kLookEvery finds out.
  static constexpr unsigned kTogether = 3;
  static constexpr unsigned kRoundsAlone = 16;
  static constexpr unsigned kLookEvery = 32;

  explicit WriteRounds(const boost::asio::any_io_executor& executor);

  // A connection has been served, and has something to write. True: it is told to when the round
  // ends, which may be before this returns. False: it is alone and writes now. Throws when memory
  // is short; then it may write now.
  bool joins(WriteTurn& turn, Clock::time_point now);

 private:
  enum class Look { not_now, next_round, counts };

  void look();
  void ask_for_end();
  void end();
  void write_all();

  using Queue = boost::intrusive::list<
      WriteTurn, boost::intrusive::member_hook<WriteTurn, WriteTurn::Hook, &WriteTurn::hook_>,
      boost::intrusive::constant_time_size<false>>;
  Queue waiting_;
  Clock::time_point first_since_{};
  unsigned served_ = 0;  // in this round
  unsigned alone_ = 0;   // rounds of one connection, in a row
  unsigned not_looked_ = 0;
  Look look_ = Look::not_now;
  bool together_ = false;
  Soon end_;
  bool end_asked_for_ = false;
};

}  // namespace profile_broker::service
