// All of it is Asio's (event_loop.h).
#include <boost/asio/post.hpp>
#include <utility>

#include "service/event_loop.h"

namespace profile_broker::service {

EventLoop::EventLoop() = default;

void EventLoop::run() {
  context_.run();
}

void wake_event_loop(const boost::asio::any_io_executor&) noexcept {}

LooksAtSockets::LooksAtSockets(const boost::asio::any_io_executor&) : poll_(nullptr) {}

bool LooksAtSockets::was_another() noexcept {
  return true;
}

Soon::Soon(const boost::asio::any_io_executor& executor, std::function<void()> work)
    : executor_(executor), work_(std::move(work)), poll_(nullptr) {}

void Soon::ask() {
  post();
}

void Soon::post() {
  boost::asio::post(executor_, [this] { work_(); });
}

}  // namespace profile_broker::service
