// How answers and events leave (connection.h): at once as long as the peer reads, else by a
// coroutine that waits for it. All on the service's one thread.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "proto/answer_frame.h"
#include "proto/jsonrpc.h"
#include "service/connection.h"
#include "service/event_loop.h"

namespace profile_broker::service {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

asio::awaitable<void> wait_for_wake(asio::steady_timer& timer) {
  timer.expires_at(asio::steady_timer::time_point::max());
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

}  // namespace

void Connection::answer(std::optional<std::string_view> id, const Dispatcher::Outcome& outcome) {
  if (!id) {
    return;  // a notification
  }
  if (const auto* no = std::get_if<Refusal>(&outcome)) {
    queue(refusal_text({std::string(*id)}, *no));
    return;
  }
  const auto before = outbound_.size();
  const auto bytes = append_answer_frame(outbound_, *id, [&](JsonWriter& json) {
    if (const auto* result = std::get_if<Result>(&outcome)) {
      write_result(json, *result);
    } else {
      write_result(json, std::get<LiveProfile>(outcome));
    }
  });
  if (bytes > kMaxAnswerBytes) {
    outbound_.truncate(before);
    queue(refusal_text(
        {std::string(*id)},
        {Reason::quota_exceeded, "the answer would have " + std::to_string(bytes) +
                                     " bytes; the limit is " + std::to_string(kMaxAnswerBytes)}));
  }
}

void Connection::queue(std::string_view content) {
  append_frame(outbound_, content);
}

// Another connection's call is under way: what goes wrong here must not become its failure.
void Connection::deliver(const Event& event) noexcept {
  if (closed_) {
    return;
  }
  try {
    queue_event(event);
  } catch (...) {
    out_of_memory_ = true;
    wake_writer();
  }
}

void Connection::queue_event(const Event& event) {
  if (outbound_.size() > kMaxOutboundQueueBytes) {
    last_lost_ = event;
    return;
  }
  report_overflow();  // before what came later, so that sequence numbers only rise
  queue(notification_text(kEventMethod, params_of(event)));
  wake_writer();
}

void Connection::report_overflow() {
  if (!last_lost_) {
    return;
  }
  // The sequence of the last one that is missing tells how far.
  queue(notification_text(kEventMethod, params_of(Event{last_lost_->sequence,
                                                        last_lost_->time,
                                                        EventKind::overflow,
                                                        last_lost_->hive,
                                                        {},
                                                        {},
                                                        {},
                                                        {}})));
  last_lost_.reset();
}

// Most answers leave here, without the writer: one write for all that one read brought.
void Connection::flush_now() {
  if (writing_ || outbound_.empty()) {
    return;
  }
  const std::size_t written =
      transport_.write_now(asio::buffer(outbound_.data(), outbound_.size()));
  if (written == outbound_.size()) {
    outbound_.clear();
  } else {
    outbound_.erase_front(written);
    wake_writer();
  }
}

void Connection::wake_writer() {
  work_for_writer_.cancel();
  wake_event_loop(work_for_writer_.get_executor());
}

asio::awaitable<void> Connection::write_queue() {
  TextBuffer under_way;
  while (!closed_) {
    if (out_of_memory_) {
      close(DisconnectReason::write_failed, kOutOfMemory);
      co_return;
    }
    if (outbound_.empty()) {
      report_overflow();
    }
    if (outbound_.empty()) {
      co_await wait_for_wake(work_for_writer_);
      continue;
    }
    under_way.clear();
    under_way.swap(outbound_);
    writing_ = true;
    with_.deadlines.arm(write_deadline_, Deadline::Clock::now());
    host_.deadline_armed();
    error_code error;
    co_await transport_.write(asio::buffer(under_way.data(), under_way.size()), error);
    writing_ = false;
    if (closed_) {
      co_return;
    }
    write_deadline_.disarm();
    if (error) {
      close(DisconnectReason::write_failed, error.message());
      co_return;
    }
    if (std::exchange(waits_for_room_, false)) {
      serve_frames();
      if (closed_) {
        co_return;
      }
    }
  }
}

// The last words to a peer that is about to be disconnected: written if that takes no waiting.
void Connection::say_goodbye(const Refusal& refusal) {
  queue(refusal_text({}, refusal));
  flush_now();
  transport_.finish_sending();
}

}  // namespace profile_broker::service
