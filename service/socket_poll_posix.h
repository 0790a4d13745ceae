// The sockets of connections, waited for beside Boost.Asio, which keeps everything else: timers,
// new connections, the ends of processes, what was posted. Asio tries to read once more after each
// answer before it waits, which finds nothing when a program waits for its answer before it asks
// again; here a socket is read when the kernel says that something has come. Of the service's
// processor time for acquire, release and query that saves some 10 %.
// A service of Asio's context, made by EventLoop. On the service's one thread, but for wake().
#pragma once

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>
#include <cstdint>

#include "service/event_loop.h"
#include "service/unique_fd_posix.h"

namespace profile_broker::service {

class SocketPoll final : public boost::asio::execution_context::service {
 public:
  using key_type = SocketPoll;
  static boost::asio::execution_context::id id;

  // One socket. Leaves before it dies, or closes its socket then.
  class Member {
   public:
    // Something has come, the peer has gone, or there is room to write again. Told when it happens
    // and not again: what is left in the socket is not told of.
    virtual void ready(std::uint32_t events) noexcept = 0;
    // What it asked for by tell_again().
    virtual void again() noexcept = 0;

   protected:
    Member() = default;
    virtual ~Member() = default;

   private:
    friend class SocketPoll;
    using Hook = boost::intrusive::list_member_hook<
        boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
    Hook again_hook_;
  };

  // Throws std::system_error when there are no descriptors, as wait_for() does. Nothing later needs
  // one: a machine that is short of them can still be served.
  explicit SocketPoll(boost::asio::execution_context& context);
  // Once, before run(): this is the service of that context.
  void wait_for(boost::asio::io_context& context);

  static SocketPoll& of(const boost::asio::any_io_executor& executor);
  // None: the executor's context is run without an EventLoop.
  static SocketPoll* if_any(const boost::asio::any_io_executor& executor);

  // False: errno says why.
  bool add(int socket, Member& member);
  // Whether ready() tells of room to write, too.
  bool watch_room(int socket, Member& member, bool watch);
  // Tells it again, before anybody else is told of what has come meanwhile; so what a process has
  // sent over two connections is read in its order. Harmless twice.
  void tell_again(Member& member) noexcept;
  // member is told nothing more, unless it asks for that now.
  void remove(int socket, Member& member) noexcept;

  // Serves the context and the sockets until a handler of the context has stopped it.
  void run(boost::asio::io_context& context);
  void wake() noexcept;
  void do_soon(Soon& soon) noexcept;
  // Another number after each look at the sockets.
  std::uint64_t looks() const { return looks_; }

 private:
  static constexpr int kMostAtOnce = 64;
  static constexpr int kMostOfAsioAtOnce = 16;

  template <typename Value, typename Value::Hook Value::*kHook>
  using List =
      boost::intrusive::list<Value,
                             boost::intrusive::member_hook<Value, typename Value::Hook, kHook>,
                             boost::intrusive::constant_time_size<false>>;

  void shutdown() override {}
  bool control(int operation, int fd, std::uint32_t events, void* member);
  void serve_asio(boost::asio::io_context& context);
  void serve_soon();
  void serve_again();
  void serve_sockets(boost::asio::io_context& context);

  UniqueFd epoll_;
  UniqueFd wake_;
  std::atomic<bool> woken_ = false;
  bool stopped_ = false;
  bool look_at_asio_ = true;  // it may have something to do
  std::array<epoll_event, kMostAtOnce> events_{};
  int told_ = 0;  // of events_
  int came_ = 0;
  std::uint64_t looks_ = 0;
  List<Soon, &Soon::hook_> soon_;
  List<Soon, &Soon::hook_> soon_now_;  // being served
  List<Member, &Member::again_hook_> again_;
  List<Member, &Member::again_hook_> again_now_;
};

}  // namespace profile_broker::service
