// Reading, serving and ending (connection.h); connection_writing.cpp has how answers leave. All on
// the service's one thread.
#include "service/connection.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <exception>
#include <utility>

#include "proto/jsonrpc.h"
#include "proto/quick_request.h"
#include "service/memory_reserve.h"

namespace profile_broker::service {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Keeps a connection for a coroutine of it, and closes it when the coroutine goes: it has come to
// its end, or an exception has ended it, or memory ran out while Asio started to wait, which
// destroys the coroutine and tells nobody.
class ClosedWithCoroutine {
 public:
  explicit ClosedWithCoroutine(std::shared_ptr<Connection> connection)
      : connection_(std::move(connection)) {}
  ClosedWithCoroutine(ClosedWithCoroutine&&) noexcept = default;
  ClosedWithCoroutine& operator=(ClosedWithCoroutine&&) = delete;
  ~ClosedWithCoroutine() {
    if (connection_) {
      connection_->close(DisconnectReason::read_failed, kOutOfMemory);
    }
  }
  Connection* get() const { return connection_.get(); }

 private:
  std::shared_ptr<Connection> connection_;
};

}  // namespace

std::string_view word_of(DisconnectReason reason) {
  switch (reason) {
    case DisconnectReason::closed_by_peer:
      return "closed by the peer";
    case DisconnectReason::closed_inside_frame:
      return "closed by the peer inside a frame";
    case DisconnectReason::read_failed:
      return "reading failed";
    case DisconnectReason::write_failed:
      return "writing failed";
    case DisconnectReason::framing_violated:
      return "framing violated";
    case DisconnectReason::not_identified:
      return "peer not identified";
    case DisconnectReason::first_frame_too_late:
      return "no first frame in time";
    case DisconnectReason::frame_too_late:
      return "frame not complete in time";
    case DisconnectReason::write_too_slow:
      return "peer does not read";
    case DisconnectReason::process_ended:
      return "process ended";
    case DisconnectReason::quota_exceeded:
      return "quota exceeded";
    case DisconnectReason::service_stopping:
      return "service stopping";
  }
  return "ended";
}

Connection::Connection(const asio::any_io_executor& executor, std::unique_ptr<Peer> peer,
                       ConnectionHost& host, ConnectionId id, ProcessKey process,
                       ConnectionQuota::Charge charge)
    : peer_(std::move(peer)),
      transport_(peer_->transport()),
      host_(host),
      with_(host.parts()),
      id_(id),
      process_(process),
      charge_(std::move(charge)),
      work_for_writer_(executor),
      turn_([this] { turn_has_come(); }),
      write_turn_([this] { flush_now(); }),
      read_deadline_([this] {
        close(caller_ ? DisconnectReason::frame_too_late : DisconnectReason::first_frame_too_late);
      }),
      write_deadline_([this] { close(DisconnectReason::write_too_slow); }) {}

void Connection::start() {
  with_.deadlines.arm(read_deadline_, Deadline::Clock::now());
  host_.deadline_armed();
  asio::co_spawn(
      work_for_writer_.get_executor(),
      [kept = ClosedWithCoroutine(shared_from_this())]() -> asio::awaitable<void> {
        co_await kept.get()->write_queue();
      },
      [](const std::exception_ptr&) {});
  read_more();
}

template <typename Work>
void Connection::guarded(Work work) noexcept {
  try {
    work();
  } catch (...) {
    close(DisconnectReason::read_failed, kOutOfMemory);
  }
}

void Connection::close(DisconnectReason reason, std::string_view detail) noexcept {
  if (std::exchange(closed_, true)) {
    return;
  }
  const auto self = shared_from_this();  // the host forgets us in connection_ended
  read_deadline_.disarm();
  write_deadline_.disarm();
  if (write_turn_.leave()) {
    flush_now();  // what it has been answered it is told
  }
  transport_.close();
  wake_writer();
  turn_.leave();
  host_.connection_ended(*this, reason, detail);
}

void Connection::read_more() {
  const auto room = frames_.room();
  transport_.read_some(asio::buffer(room.data(), room.size()), *this);
}

void Connection::read_done(const error_code& error, std::size_t bytes) noexcept {
  if (closed_) {
    return;
  }
  guarded([&] {
    if (error) {
      end_of_stream(error);
      return;
    }
    frames_.filled(bytes);
    frame_done_ = false;
    serve_frames();
  });
}

void Connection::end_of_stream(const error_code& error) {
  const bool end = error == asio::error::eof || error == asio::error::connection_reset;
  close(!end                          ? DisconnectReason::read_failed
        : frames_.at_frame_boundary() ? DisconnectReason::closed_by_peer
                                      : DisconnectReason::closed_inside_frame,
        error.message());
}

void Connection::serve_frames() {
  auto now = with_.clock.begin();
  while (!closed_) {
    if (!has_room_for_answers()) {
      waits_for_room_ = true;  // for the writer to go on from here
      return;
    }
    const auto content = frames_.next();
    if (!content) {
      break;
    }
    frame_done_ = true;
    if (!caller_ && !identify(*content)) {
      return;
    }
    if (!with_.turns.begin(turn_, caller_->holder.hive)) {
      read_deadline_.disarm();  // the frame is complete: from here on the time is ours
      waiting_frame_ = *content;
      return;
    }
    now = handle(*content, now);
  }
  if (closed_) {
    return;
  }
  if (const auto violation = frames_.error()) {
    const std::string text(text_of(*violation));
    say_goodbye({Reason::invalid_request, text});  // in one write with the answers before it
    close(DisconnectReason::framing_violated, text);
    return;
  }
  set_deadline_after_read(frame_done_);
  if (outbound_.empty() || !with_.write_rounds.joins(write_turn_, now)) {
    flush_now();
  }
  read_more();
}

void Connection::turn_has_come() {
  guarded([this] {
    handle(std::exchange(waiting_frame_, {}), with_.clock.begin());
    serve_frames();
  });
}

// Who sends requests and does not read the answers waits; the write deadline ends it.
bool Connection::has_room_for_answers() {
  if (outbound_.size() > kMaxOutboundQueueBytes) {
    flush_now();
  }
  return outbound_.size() <= kMaxOutboundQueueBytes;
}

void Connection::set_deadline_after_read(bool frame_done) {
  if (!caller_) {
    return;  // the first frame's deadline runs from the connect
  }
  if (frame_done || frames_.at_frame_boundary()) {
    read_deadline_.disarm();
  }
  // A frame that began behind a complete one has its own time; more bytes of one frame buy none.
  if (!frames_.at_frame_boundary() && !read_deadline_.armed()) {
    with_.deadlines.arm(read_deadline_, Deadline::Clock::now());
    host_.deadline_armed();
  }
}

bool Connection::identify(std::string_view first_frame) {
  auto identity = peer_->blocking_identify(first_frame);
  if (const auto* why = std::get_if<std::string>(&identity)) {
    say_goodbye(
        {Reason::access_denied, "the service cannot tell who is calling, or may not serve it"});
    close(DisconnectReason::not_identified, *why);
    return false;
  }
  caller_ = std::get<Caller>(std::move(identity));
  read_deadline_.disarm();
  if (const auto refusal = host_.identified(*this, *caller_)) {
    say_goodbye(*refusal);
    close(DisconnectReason::quota_exceeded, refusal->text);
    return false;
  }
  return true;
}

WorkClock::Clock::time_point Connection::handle(std::string_view content,
                                                WorkClock::Clock::time_point now) {
  if (memory_is_short()) {  // before anything is begun that might not come to its end
    close(DisconnectReason::read_failed, kOutOfMemory);
    return now;
  }
  const Moment moment = host_.moment_of(now);
  auto quick = read_quickly(content);
  if (!quick) {
    carry_out_anything(content, moment);
    return with_.clock.served(WorkClock::Weight::unknown);
  }
  const auto before = outbound_.size();
  const auto weight = carry_out(quick->id, std::move(quick->call), moment);
  constexpr std::size_t kShortAnswer = 1'024;  // a query's
  return with_.clock.served(outbound_.size() - before <= kShortAnswer ? weight
                                                                      : WorkClock::Weight::unknown);
}

void Connection::carry_out_anything(std::string_view content, Moment now) {
  auto read = read_request(content);
  if (const auto* bad = std::get_if<BadRequest>(&read)) {
    queue(refusal_text(bad->id, bad->refusal));
    return;
  }
  const auto& request = std::get<Request>(read);
  const auto id = request.id ? std::optional<std::string_view>(request.id->json) : std::nullopt;
  auto call = read_call(request.method, request.params);
  if (const auto* refusal = std::get_if<Refusal>(&call)) {
    answer(id, *refusal);
    return;
  }
  carry_out(id, std::get<Call>(std::move(call)), now);
}

WorkClock::Weight Connection::carry_out(std::optional<std::string_view> id, Call&& call,
                                        Moment now) {
  if (const auto* named = std::get_if<call::Hello>(&call)) {
    client_name_ = named->client;
  }
  const bool may_be_light = std::holds_alternative<call::Acquire>(call) ||
                            std::holds_alternative<call::Release>(call) ||
                            std::holds_alternative<call::Query>(call);
  answer(id, with_.dispatcher.handle({*caller_, id_, id.has_value(), this, &acquaintance_},
                                     std::move(call), now));
  return may_be_light ? WorkClock::Weight::light : WorkClock::Weight::unknown;
}

}  // namespace profile_broker::service
