// A real process that ends on an error nobody foresaw, and what its log has then: event 110.
#include "service/last_words.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <thread>

#include "tests/support/catch.h"

namespace profile_broker::service {
namespace {

class PipeLog final : public Log {
 public:
  explicit PipeLog(int pipe) : pipe_(pipe) {}
  void report(const LogEvent& event) noexcept override {
    const auto text = std::to_string(static_cast<int>(event.id)) + " " + sentence(event);
    [[maybe_unused]] const auto written = ::write(pipe_, text.data(), text.size());
  }
  void debug(std::string_view) noexcept override {}

 private:
  const int pipe_;
};

struct End {
  int signal = 0;
  std::string log;
};

template <typename Body>
End end_of_process(Body&& body) {
  int ends[2] = {};
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGABRT, SIG_DFL);  // the test framework's is not for this process
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    PipeLog log(ends[1]);
    const LastWords last_words(log);
    body();
    ::_exit(0);
  }
  ::close(ends[1]);
  End end;
  char block[512];
  for (ssize_t size = 0; (size = ::read(ends[0], block, sizeof block)) > 0;) {
    end.log.append(block, static_cast<std::size_t>(size));
  }
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  end.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return end;
}

}  // namespace

TEST_CASE("an exception that nothing catches is an event with its text, and ends the process") {
  const auto end = end_of_process(
      [] { std::thread([] { throw std::runtime_error("the table is upside down"); }).join(); });
  CHECK(end.signal == SIGABRT);
  CHECK(end.log.rfind("110 The service ends on an unexpected error: the table is upside down", 0) ==
        0);
}

TEST_CASE("what is no exception of the standard's, and an end without one, are told of, too") {
  CHECK(end_of_process([] {
          std::thread([] { throw 7; }).join();
        }).log.find("of an unknown kind") != std::string::npos);
  CHECK(end_of_process([] { std::terminate(); }).log.find("no exception") != std::string::npos);
}

TEST_CASE("an orderly end has no last words") {
  const auto end = end_of_process([] {});
  CHECK(end.signal == 0);
  CHECK(end.log.empty());
}

}  // namespace profile_broker::service
