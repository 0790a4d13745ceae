// One epoll for the sockets, with Asio's own in it (socket_poll_posix.h).
#include "service/socket_poll_posix.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "service/socket_calls_posix.h"

namespace profile_broker::service {
namespace {

namespace asio = boost::asio;

constexpr std::uint32_t kAlways = EPOLLIN | EPOLLRDHUP | EPOLLET;

// The epoll by which a context waits. Asio does not tell its number; but it is the one that has a
// descriptor which is lent to Asio, and so refuses to take that a second time. -1 when there is
// none.
int epoll_of(asio::io_context& context, int lent) {
  asio::posix::stream_descriptor of_asio(context, lent);
  int found = -1;
  const long descriptors = ::sysconf(_SC_OPEN_MAX);
  for (int fd = 0; fd < descriptors && found < 0; ++fd) {
    epoll_event any{};
    if (::epoll_ctl(fd, EPOLL_CTL_ADD, lent, &any) == 0) {
      ::epoll_ctl(fd, EPOLL_CTL_DEL, lent, &any);
    } else if (errno == EEXIST) {
      found = fd;
    }
  }
  of_asio.release();
  return found;
}

[[noreturn]] void fail() {
  throw std::system_error(errno, std::generic_category(), "cannot wait for sockets");
}

}  // namespace

asio::execution_context::id SocketPoll::id;

SocketPoll::SocketPoll(asio::execution_context& context)
    : service(context),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!epoll_ || !wake_) {
    fail();
  }
}

void SocketPoll::wait_for(asio::io_context& context) {
  const int its = epoll_of(context, wake_.get());
  if (its < 0) {
    throw std::logic_error("Boost.Asio does not wait by epoll");
  }
  if (!control(EPOLL_CTL_ADD, its, EPOLLIN, nullptr) ||
      !control(EPOLL_CTL_ADD, wake_.get(), EPOLLIN | EPOLLET, nullptr)) {
    fail();
  }
}

SocketPoll& SocketPoll::of(const asio::any_io_executor& executor) {
  return asio::use_service<SocketPoll>(asio::query(executor, asio::execution::context));
}

SocketPoll* SocketPoll::if_any(const asio::any_io_executor& executor) {
  auto& context = asio::query(executor, asio::execution::context);
  return asio::has_service<SocketPoll>(context) ? &asio::use_service<SocketPoll>(context) : nullptr;
}

bool SocketPoll::control(int operation, int fd, std::uint32_t events, void* member) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = member;
  return ::epoll_ctl(epoll_.get(), operation, fd, &event) == 0;
}

bool SocketPoll::add(int socket, Member& member) {
  return control(EPOLL_CTL_ADD, socket, kAlways, &member);
}

bool SocketPoll::watch_room(int socket, Member& member, bool watch) {
  return control(EPOLL_CTL_MOD, socket, watch ? kAlways | EPOLLOUT : kAlways, &member);
}

void SocketPoll::remove(int socket, Member& member) noexcept {
  control(EPOLL_CTL_DEL, socket, 0, nullptr);
  member.again_hook_.unlink();
  for (auto i = static_cast<std::size_t>(told_); i < static_cast<std::size_t>(came_); ++i) {
    if (events_[i].data.ptr == &member) {
      events_[i] = {};  // stands for Asio, which is looked at in vain then
    }
  }
}

void SocketPoll::tell_again(Member& member) noexcept {
  member.again_hook_.unlink();
  again_.push_back(member);
}

void SocketPoll::wake() noexcept {
  if (!woken_.exchange(true)) {
    const std::uint64_t one = 1;
    // It has room for 2^64 - 2 of them.
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
  }
}

void SocketPoll::do_soon(Soon& soon) noexcept {
  soon.hook_.unlink();
  soon_.push_back(soon);
}

void SocketPoll::run(asio::io_context& context) {
  const auto work = asio::make_work_guard(context);  // sockets are, but Asio does not know
  look_at_asio_ = true;                              // where an exception has left it
  for (stopped_ = false; !stopped_;) {
    if (look_at_asio_) {
      serve_asio(context);
    }
    serve_soon();
    serve_again();
    serve_sockets(context);
  }
}

// Not all that it has to do: what it does may give it more to do, and sockets wait meanwhile.
void SocketPoll::serve_asio(asio::io_context& context) {
  woken_ = false;
  look_at_asio_ = false;
  for (int done = 0; context.poll_one() > 0;) {
    if (++done == kMostOfAsioAtOnce) {
      look_at_asio_ = true;
      break;
    }
  }
  stopped_ = context.stopped();
}

// What is asked for meanwhile comes after the next look at the sockets.
void SocketPoll::serve_soon() {
  if (soon_.empty() && soon_now_.empty()) {
    return;
  }
  soon_now_.splice(soon_now_.end(), soon_);
  while (!soon_now_.empty()) {
    Soon& next = soon_now_.front();
    soon_now_.pop_front();
    next.work_();
  }
}

void SocketPoll::serve_again() {
  if (again_.empty() && again_now_.empty()) {
    return;
  }
  again_now_.splice(again_now_.end(), again_);
  while (!again_now_.empty()) {
    Member& next = again_now_.front();
    again_now_.pop_front();
    next.again();
  }
}

// Asio in its place among them: who has connected, or ended, before a request was sent comes before
// that request.
void SocketPoll::serve_sockets(asio::io_context& context) {
  if (told_ >= came_) {  // else an exception of Asio's handlers has left some
    const bool wait = !look_at_asio_ && soon_.empty() && again_.empty() && !stopped_;
    told_ = 0;
    came_ = wait_for_events(epoll_.get(), events_.data(), kMostAtOnce, wait ? -1 : 0);
    ++looks_;
  }
  while (told_ < came_) {
    const epoll_event event = events_[static_cast<std::size_t>(told_++)];
    if (auto* member = static_cast<Member*>(event.data.ptr)) {
      member->ready(event.events);
    } else {
      serve_asio(context);  // its own epoll, or wake()
    }
  }
}

EventLoop::EventLoop() {
  asio::use_service<SocketPoll>(context_).wait_for(context_);
}

void EventLoop::run() {
  asio::use_service<SocketPoll>(context_).run(context_);
}

void wake_event_loop(const asio::any_io_executor& executor) noexcept {
  if (auto* poll = SocketPoll::if_any(executor)) {
    poll->wake();
  }
}

LooksAtSockets::LooksAtSockets(const asio::any_io_executor& executor)
    : poll_(SocketPoll::if_any(executor)) {}

bool LooksAtSockets::was_another() noexcept {
  return poll_ == nullptr || std::exchange(last_, poll_->looks()) != poll_->looks();
}

Soon::Soon(const asio::any_io_executor& executor, std::function<void()> work)
    : executor_(executor), work_(std::move(work)), poll_(SocketPoll::if_any(executor)) {}

void Soon::ask() {
  if (poll_) {
    poll_->do_soon(*this);
  } else {
    post();
  }
}

void Soon::post() {
  asio::post(executor_, [this] { work_(); });
}

}  // namespace profile_broker::service
