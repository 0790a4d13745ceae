// The service's one thread: Boost.Asio's context, run until it is stopped. On Linux the sockets of
// connections are waited for beside it (socket_poll_posix.h), so that Asio does not know when
// something is posted or cancelled outside of its own handlers; this is where it is told. On
// Windows all of it is Asio's.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <functional>

namespace profile_broker::service {

class EventLoop {
 public:
  // Throws when there are no descriptors.
  EventLoop();

  boost::asio::io_context& context() { return context_; }
  // As context().run(), until the context is stopped; on Linux a handler of it must do that, and it
  // does not end when the context has nothing more to do. Goes on where it was when it is called
  // again after an exception.
  void run();

 private:
  // Other threads may post to it, and do nothing else with it: no lock where it reads and writes.
  boost::asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
};

// What was posted to the executor, or cancelled, is looked at before the loop waits again. Needed
// where a connection's read or another thread may be who did so; else harmless. Any thread.
void wake_event_loop(const boost::asio::any_io_executor& executor) noexcept;

class SocketPoll;

// Tells whether the loop has looked, and perhaps waited, for more to do. Where that cannot be told
// (Windows, a context without an EventLoop) it always may have.
class LooksAtSockets {
 public:
  explicit LooksAtSockets(const boost::asio::any_io_executor& executor);

  // Since this was asked last.
  bool was_another() noexcept;

 private:
  const SocketPoll* poll_;  // borrowed
  std::uint64_t last_ = 0;
};

// Something to be done when all that is ready now has been served. On Linux that takes no memory,
// unless the executor's context is run without an EventLoop. When it dies while that is to be done,
// it is not done; Windows and contexts without an EventLoop must not let it.
class Soon {
 public:
  Soon(const boost::asio::any_io_executor& executor, std::function<void()> work);

  // Once more, or for the first time: a second time before it is done, it is done twice at most.
  void ask();

 private:
  friend class SocketPoll;
  using Hook = boost::intrusive::list_member_hook<
      boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

  void post();

  boost::asio::any_io_executor executor_;
  std::function<void()> work_;
  SocketPoll* poll_;  // borrowed; none on Windows and without an EventLoop
  Hook hook_;
};

}  // namespace profile_broker::service
