// A start of the service, on a machine that is too short of something to watch the holders that
// the journal tells of: the kernel gives no pidfd, as when descriptors or memory have run out.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cerrno>

#include "service/broker_service.h"
#include "service/journal.h"
#include "service/process_pin.h"
#include "tests/service/remembering_log.h"
#include "tests/service/terminal_server.h"
#include "tests/support/scratch_folder.h"

namespace profile_broker::service {
namespace {

constexpr int kNoFilter = 100;

// From now on, in this process.
bool refuse_pidfds() {
  sock_filter refusing[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EMFILE),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{std::size(refusing), refusing};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

// As a service that was killed has left it: this process holds a reference.
void leave_journal_with_this_process(const std::string& state_folder) {
  boost::asio::io_context context;
  const auto pin = pin_process(context.get_executor(), static_cast<std::uint32_t>(::getpid()));
  REQUIRE(pin);
  auto opened = open_journal_file(state_folder);
  auto& file = *std::get<std::unique_ptr<JournalFile>>(opened);
  ReferenceTable table;
  RememberingLog log;
  Journal journal(file, table, log, [] {
    return JournalOpened{1, "1.0", numbered_uuid_text(1), boot_identity(), {}};
  });
  REQUIRE(std::get<Replayed>(journal.replay_into(table)).nothing);
  REQUIRE(journal.keep(change::ProcessSeen{{pin->key(), "1000", 2, "holder"}}));
  REQUIRE(journal.keep(
      change::Acquired{numbered_uuid(2), pin->key(), profile_name("A"), false, {}, ""}));
}

// In a child, whose exit code is how many events told of it, with how many holders.
int unwatched_holders_told_of(const Options& options) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!refuse_pidfds()) {
      ::_exit(kNoFilter);
    }
    RememberingLog log;
    BrokerService service(options, log);
    int told = service.start() ? 50 : 0;
    for (const auto& event : log.events) {
      told += event.id == LogEventId::holders_unwatched ? 10 + std::stoi(event.inserts[0]) : 0;
    }
    ::_exit(told);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("holders that a start cannot watch are told of once, with their number") {
  ScratchFolder scratch;
  Options options;
  options.endpoint = scratch.file("s");
  options.state_folder = scratch.file("state");
  leave_journal_with_this_process(options.state_folder);
  const int told = unwatched_holders_told_of(options);
  if (told == kNoFilter) {
    WARN("SKIPPED: this system lets no process filter its system calls (seccomp)");
    return;
  }
  CHECK(told == 11);
}

}  // namespace profile_broker::service
