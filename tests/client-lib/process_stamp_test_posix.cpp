// When a process counts as ended for the others of its account.
#include "client-lib/process_stamp.h"

#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "tests/client-lib/eventually.h"
#include "tests/support/catch.h"

namespace profile_broker::client {
namespace {

void* stay(void*) {
  for (;;) {
    ::pause();
  }
}

char state_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string content;
  std::getline(file, content);
  return content.at(content.rfind(')') + 2);
}

}  // namespace

TEST_CASE("a process whose first thread has ended lives as long as another thread does") {
  int stamps[2];
  REQUIRE(::pipe(stamps) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto own = stamp_of_this_process().created;
    pthread_t other;
    if (::pthread_create(&other, nullptr, stay, nullptr) != 0 ||
        ::write(stamps[1], own.data(), own.size()) != static_cast<ssize_t>(own.size())) {
      ::_exit(1);
    }
    ::syscall(SYS_exit, 0);  // this thread alone
  }
  char created[128];
  const auto length = ::read(stamps[0], created, sizeof created);
  ::close(stamps[0]);
  ::close(stamps[1]);
  REQUIRE(length > 0);
  const ProcessStamp stamp{static_cast<std::uint32_t>(child),
                           std::string(created, static_cast<std::size_t>(length))};
  CHECK(eventually([&] { return state_of(child) == 'Z'; }));
  CHECK(may_be_alive(stamp));
  ::kill(child, SIGKILL);
  CHECK(eventually([&] { return !may_be_alive(stamp); }));
  ::waitpid(child, nullptr, 0);
  CHECK_FALSE(may_be_alive(stamp));
}

}  // namespace profile_broker::client
