// Alone or together (write_rounds.h).
#include "service/write_rounds.h"

namespace profile_broker::service {

WriteRounds::WriteRounds(const boost::asio::any_io_executor& executor)
    : end_(executor, [this] { end(); }) {}

bool WriteRounds::joins(WriteTurn& turn, Clock::time_point now) {
  ++served_;
  if (!together_) {
    look();
    return false;
  }
  ask_for_end();  // before anything waits for it: here memory may run out
  if (waiting_.empty()) {
    first_since_ = now;
  }
  turn.leave();
  waiting_.push_back(turn);
  if (now - first_since_ > kLongest) {
    write_all();
  }
  return true;
}

// The first of a round counts, so the end of a round is waited for before.
void WriteRounds::look() {
  if (end_asked_for_) {
    return;
  }
  if (look_ == Look::next_round) {
    look_ = Look::counts;
    served_ = 1;
    ask_for_end();
  } else if (++not_looked_ >= kLookEvery) {
    not_looked_ = 0;
    ask_for_end();
  }
}

void WriteRounds::ask_for_end() {
  if (!end_asked_for_) {
    end_.ask();
    end_asked_for_ = true;
  }
}

void WriteRounds::end() {
  end_asked_for_ = false;
  write_all();
  if (together_) {
    alone_ = served_ <= 1 ? alone_ + 1 : 0;
    together_ = alone_ < kRoundsAlone;
  } else if (look_ == Look::counts) {
    look_ = Look::not_now;
    together_ = served_ >= kTogether;
    alone_ = 0;
  } else {
    look_ = Look::next_round;
  }
  served_ = 0;
}

void WriteRounds::write_all() {
  while (!waiting_.empty()) {
    WriteTurn& next = waiting_.front();
    waiting_.pop_front();
    next.write_();
  }
}

}  // namespace profile_broker::service
