// Sending and counting (load_posix.h). One connection is driven by blocking calls, several by one
// epoll loop.
#include "tests/bench/load_posix.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "tests/bench/processor_time.h"
#include "tests/bench/sockets_posix.h"

namespace profile_broker::bench {
namespace {

using Clock = std::chrono::steady_clock;

// What is not counted at the beginning: caches and branch predictors get warm, the server's buffers
// grow.
constexpr double kWarmUpShare = 0.15;

// Whoever asks for the same few entries over and over measures caches: all connections together go
// through so many, queries in strides through what is held.
constexpr std::size_t kDifferentEntries = 4'096;
constexpr std::size_t kMostRounds = 512;
constexpr std::uint64_t kStride = 7'919;  // a prime

// One connection: sends its batches in turn (acquires, releases; or queries) and reads until each
// is answered. A round is what counts as one operation: both of a pair.
class Lane {
 public:
  Lane(const Wire& wire, int socket, const Measurement& what, std::size_t number)
      : wire_(wire), socket_(socket), batches_a_round_(what.workload == Workload::pair ? 2 : 1) {
    const std::size_t a_round = what.connections * what.in_flight;
    const std::size_t rounds = std::clamp(kDifferentEntries / a_round, std::size_t{1}, kMostRounds);
    for (std::size_t round = 0; round < rounds; ++round) {
      const std::size_t first = round * a_round + number * what.in_flight;
      if (what.workload == Workload::pair) {
        batches_.push_back(batch_of(Operation::acquire, what, first));
        batches_.push_back(batch_of(Operation::release, what, first));
      } else {
        batches_.push_back(batch_of(Operation::query, what, first));
      }
    }
  }
  ~Lane() { ::close(socket_); }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  int socket() const { return socket_; }
  Clock::time_point began() const { return began_; }

  bool send() {
    if (at_ % batches_a_round_ == 0) {
      began_ = Clock::now();
    }
    answered_ = 0;
    return send_all(socket_, batches_[at_].bytes);
  }

  enum class Heard { more_to_come, batch_done, round_done, wrong };
  // Reads once; round_done when the last batch of a round has been answered.
  Heard receive() {
    const auto got = ::recv(socket_, buffer_, sizeof buffer_, 0);
    if (got <= 0) {
      return Heard::wrong;
    }
    unread_.append(buffer_, static_cast<std::size_t>(got));
    std::size_t used = 0;
    const Batch& batch = batches_[at_];
    while (answered_ < batch.sizes.size()) {
      const auto length = wire_.answer(std::string_view(unread_).substr(used), batch.operation,
                                       batch.sizes[answered_]);
      if (!length) {
        return Heard::wrong;
      }
      if (*length == 0) {
        break;
      }
      used += *length;
      ++answered_;
    }
    unread_.erase(0, used);
    if (answered_ < batch.sizes.size()) {
      return Heard::more_to_come;
    }
    at_ = (at_ + 1) % batches_.size();
    return at_ % batches_a_round_ == 0 ? Heard::round_done : Heard::batch_done;
  }

  std::string last_words() const { return unread_.substr(0, 300); }

 private:
  struct Batch {
    Operation operation;
    std::string bytes;
    std::vector<std::size_t> sizes;
  };

  Batch batch_of(Operation operation, const Measurement& what, std::size_t first) const {
    Batch batch{operation, {}, {}};
    for (std::size_t nth = first; nth < first + what.in_flight; ++nth) {
      const auto entry =
          operation == Operation::query ? nth * kStride % what.live : what.first_entry + nth;
      const auto request = wire_.request(operation, entry);
      batch.sizes.push_back(request.size());
      batch.bytes += request;
    }
    return batch;
  }

  const Wire& wire_;
  int socket_;
  std::size_t batches_a_round_;
  std::vector<Batch> batches_;
  std::size_t at_ = 0;
  std::size_t answered_ = 0;
  Clock::time_point began_;
  std::string unread_;
  char buffer_[32'768];
};

// Turns measuring on after the warm-up and off at the end.
class Stopwatch {
 public:
  explicit Stopwatch(const Measurement& what)
      : what_(what),
        warm_(Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                 std::chrono::duration<double>(what.seconds * kWarmUpShare))),
        end_(warm_ + std::chrono::duration_cast<Clock::duration>(
                         std::chrono::duration<double>(what.seconds))) {}

  // False: it is over.
  bool round_done(Clock::time_point began, Figures& figures) {
    const auto now = Clock::now();
    if (now >= end_) {
      const double operations = static_cast<double>(std::max<std::uint64_t>(figures.operations, 1));
      figures.seconds = std::chrono::duration<double>(now - started_).count();
      figures.server_ns =
          static_cast<double>(processor_nanoseconds(what_.server) - server_) / operations;
      figures.client_ns =
          static_cast<double>(processor_nanoseconds(::getpid()) - client_) / operations;
      return false;
    }
    if (!measuring_ && now >= warm_) {
      measuring_ = true;
      started_ = now;
      server_ = processor_nanoseconds(what_.server);
      client_ = processor_nanoseconds(::getpid());
    } else if (measuring_) {
      figures.operations += what_.in_flight;
      figures.latencies_ns.push_back(static_cast<std::uint32_t>(
          std::chrono::duration_cast<std::chrono::nanoseconds>(now - began).count()));
    }
    return true;
  }

 private:
  const Measurement& what_;
  Clock::time_point warm_;
  Clock::time_point end_;
  Clock::time_point started_;
  std::uint64_t server_ = 0;
  std::uint64_t client_ = 0;
  bool measuring_ = false;
};

std::variant<Figures, std::string> run_blocking(Lane& lane, const Measurement& what) {
  Figures figures;
  Stopwatch watch(what);
  for (;;) {
    if (!lane.send()) {
      return "the server closed the connection";
    }
    auto heard = Lane::Heard::more_to_come;
    while (heard == Lane::Heard::more_to_come) {
      heard = lane.receive();
    }
    if (heard == Lane::Heard::wrong) {
      return "a wrong answer: " + lane.last_words();
    }
    if (heard == Lane::Heard::round_done && !watch.round_done(lane.began(), figures)) {
      return figures;
    }
  }
}

std::variant<Figures, std::string> run_polling(std::vector<std::unique_ptr<Lane>>& lanes,
                                               const Measurement& what) {
  const int poll = ::epoll_create1(EPOLL_CLOEXEC);
  for (auto& lane : lanes) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = lane.get();
    ::epoll_ctl(poll, EPOLL_CTL_ADD, lane->socket(), &event);
  }
  Figures figures;
  Stopwatch watch(what);
  for (auto& lane : lanes) {
    lane->send();
  }
  std::vector<epoll_event> events(lanes.size());
  // When the time is over every lane ends its round: nothing stays acquired.
  bool over = false;
  for (std::size_t going = lanes.size(); going > 0;) {
    // Without sleeping: waking a sleeping processor costs a virtual machine some 25 us, and a
    // server that is slower than this loop would be charged for that, a faster one not.
    const int ready = ::epoll_wait(poll, events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < ready; ++i) {
      auto& lane = *static_cast<Lane*>(events[static_cast<std::size_t>(i)].data.ptr);
      const auto heard = lane.receive();
      if (heard == Lane::Heard::wrong) {
        ::close(poll);
        return "a wrong answer: " + lane.last_words();
      }
      if (heard == Lane::Heard::round_done) {
        over = over || !watch.round_done(lane.began(), figures);
        going -= over ? 1 : 0;
      }
      const bool goes_on =
          heard == Lane::Heard::batch_done || (heard == Lane::Heard::round_done && !over);
      if (goes_on && !lane.send()) {
        ::close(poll);
        return "the server closed a connection";
      }
    }
  }
  ::close(poll);
  return figures;
}

}  // namespace

std::variant<Figures, std::string> measure(const Wire& wire, const Measurement& what) {
  std::vector<std::unique_ptr<Lane>> lanes;
  for (std::size_t i = 0; i < what.connections; ++i) {
    const int socket = connected(wire, what.endpoint);
    if (socket < 0) {
      return "connection " + std::to_string(i + 1) + " was refused";
    }
    lanes.push_back(std::make_unique<Lane>(wire, socket, what, i));
  }
  return lanes.size() == 1 ? run_blocking(*lanes.front(), what) : run_polling(lanes, what);
}

}  // namespace profile_broker::bench
