// Coming and being answered (storm_posix.h).
#include "tests/bench/storm_posix.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <memory>

#include "tests/bench/processor_time.h"
#include "tests/bench/sockets_posix.h"

namespace profile_broker::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kEventsAtOnce = 64;
constexpr auto kPatience = std::chrono::seconds(60);

// One program: where it is in what it has to say.
class Program {
 public:
  Program(const Wire& wire, std::uint64_t entry) : wire_(wire), says_(wire.arrival(entry)) {}
  ~Program() {
    if (socket_ >= 0) {
      ::close(socket_);
    }
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  enum class Step { waits, done, refused };

  // waits without a socket: the server's queue is full just now.
  Step connect(const sockaddr_un& address) {
    if (began_ == Clock::time_point{}) {
      began_ = Clock::now();
    }
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket < 0 ||
        ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      const bool full = errno == EAGAIN;
      heard_ = "errno " + std::to_string(errno) + " of connect";
      ::close(socket);
      return full ? Step::waits : Step::refused;
    }
    socket_ = socket;
    heard_.clear();
    return send_all(socket_, says_[at_]) ? Step::waits : Step::refused;
  }

  Step receive() {
    if (!receive_more(socket_, heard_)) {
      return Step::refused;
    }
    const auto length = wire_.answer(heard_, Operation::acquire, says_[at_].size());
    if (!length) {
      return Step::refused;
    }
    if (*length == 0) {
      return Step::waits;
    }
    heard_.erase(0, *length);
    if (++at_ == says_.size()) {
      return Step::done;
    }
    return send_all(socket_, says_[at_]) ? Step::waits : Step::refused;
  }

  int socket() const { return socket_; }
  const std::string& heard() const { return heard_; }
  std::chrono::nanoseconds age() const { return Clock::now() - began_; }

 private:
  const Wire& wire_;
  std::vector<std::string> says_;
  std::size_t at_ = 0;
  int socket_ = -1;
  std::string heard_;
  Clock::time_point began_{};
};

class Storm {
 public:
  Storm(const std::string& endpoint, std::size_t programs)
      : address_(local_address(endpoint)), left_(programs) {}
  ~Storm() { ::close(poll_); }
  Storm(const Storm&) = delete;
  Storm& operator=(const Storm&) = delete;

  bool over() const { return left_ == 0; }

  // False: it has to come again.
  bool comes(Program& program) {
    const auto step = program.connect(address_);
    if (step == Program::Step::refused) {
      ends(program, step);
      return true;
    }
    if (program.socket() < 0) {
      return false;
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &program;
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, program.socket(), &event);
    return true;
  }

  // Only what is there: who sleeps lets the server pay for being woken (docs/speed.md).
  void hear() {
    epoll_event events[kEventsAtOnce];
    const int ready = ::epoll_wait(poll_, events, kEventsAtOnce, 0);
    for (int i = 0; i < ready; ++i) {
      auto& program = *static_cast<Program*>(events[i].data.ptr);
      if (const auto step = program.receive(); step != Program::Step::waits) {
        ends(program, step);
      }
    }
  }

  StormFigures figures;

 private:
  void ends(Program& program, Program::Step step) {
    --left_;
    if (step == Program::Step::done) {
      figures.latencies_ns.push_back(static_cast<std::uint32_t>(program.age().count()));
      return;
    }
    if (program.socket() >= 0) {
      ::epoll_ctl(poll_, EPOLL_CTL_DEL, program.socket(), nullptr);
    }
    if (figures.refused++ == 0) {
      figures.first_refusal = program.heard().substr(0, 300);
    }
  }

  sockaddr_un address_;
  std::size_t left_;
  int poll_ = ::epoll_create1(EPOLL_CLOEXEC);
};

}  // namespace

StormFigures storm(const Wire& wire, const std::string& endpoint, std::size_t programs,
                   std::uint64_t first_entry, pid_t server) {
  std::vector<std::unique_ptr<Program>> all;
  for (std::size_t i = 0; i < programs; ++i) {
    all.push_back(std::make_unique<Program>(wire, first_entry + i));
  }
  Storm storm(endpoint, programs);
  const auto server_before = processor_nanoseconds(server);
  const auto began = Clock::now();
  for (std::size_t next = 0; !storm.over() && Clock::now() < began + kPatience;) {
    next += next < programs && storm.comes(*all[next]) ? 1 : 0;
    storm.hear();
  }
  StormFigures figures = std::move(storm.figures);
  figures.seconds = std::chrono::duration<double>(Clock::now() - began).count();
  figures.refused = programs - figures.latencies_ns.size();  // who was not answered in time, too
  figures.server_ns = static_cast<double>(processor_nanoseconds(server) - server_before) /
                      static_cast<double>(programs);
  return figures;
}

}  // namespace profile_broker::bench
