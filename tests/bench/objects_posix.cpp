// Three kinds of named objects (objects_posix.h).
#include "tests/bench/objects_posix.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>

namespace profile_broker::bench {
namespace {

using Clock = std::chrono::steady_clock;

double median_us(double seconds, const std::function<void()>& once) {
  std::vector<double> times;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  for (auto now = Clock::now(); now < end;) {
    once();
    const auto then = Clock::now();
    times.push_back(std::chrono::duration<double, std::micro>(then - now).count());
    now = then;
  }
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

}  // namespace

std::vector<ObjectFigures> measure_objects(const std::string& folder, double seconds) {
  const std::string file = folder + "/Gateway profile of mailbox 000000001";
  const std::string shared = "/gateway profile of mailbox " + std::to_string(::getpid());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path + 1, "Gateway profile of mailbox 000000001");
  return {
      {"lock file: open, lock, unlink, close",
       median_us(seconds,
                 [&] {
                   const int lock = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
                   ::flock(lock, LOCK_SH);
                   ::unlink(file.c_str());
                   ::close(lock);
                 })},
      {"shared memory with a name: make, unlink, close",
       median_us(seconds,
                 [&] {
                   const int made = ::shm_open(shared.c_str(), O_CREAT | O_EXCL | O_RDWR, 0600);
                   ::shm_unlink(shared.c_str());
                   ::close(made);
                 })},
      {"abstract socket with a name: bind, close",
       median_us(seconds,
                 [&] {
                   const int named = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
                   ::bind(named, reinterpret_cast<const sockaddr*>(&address), sizeof address);
                   ::close(named);
                 })},
  };
}

}  // namespace profile_broker::bench
