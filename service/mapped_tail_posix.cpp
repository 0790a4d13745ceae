// Mapping, and surviving a page that fails (mapped_tail_posix.h).
#include "service/mapped_tail_posix.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <mutex>

namespace profile_broker::service {
namespace {

// Of this thread: nothing, a write is under way, or a page failed under it.
enum State : std::sig_atomic_t { kQuiet, kWriting, kFailed };
thread_local volatile std::sig_atomic_t state = kQuiet;

std::uintptr_t page_bytes() {
  static const auto bytes = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  return bytes;
}

// The write goes on in memory that is put in the page's place, and hears of it when it is done.
void replace_failing_page(int signal, siginfo_t* failure, void*) {
  const int error = errno;
  char* const at = static_cast<char*>(failure->si_addr);
  char* const page = at - reinterpret_cast<std::uintptr_t>(at) % page_bytes();
  if (state != kQuiet && ::mmap(page, page_bytes(), PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == page) {
    state = kFailed;
    errno = error;
    return;
  }
  std::signal(signal, SIG_DFL);  // somebody else's: it comes again, and ends the process
}

void survive_failing_pages() {
  static std::once_flag once;
  std::call_once(once, [] {
    page_bytes();  // known before a signal asks for it
    struct sigaction action {};
    action.sa_sigaction = replace_failing_page;
    action.sa_flags = SA_SIGINFO;
    ::sigaction(SIGBUS, &action, nullptr);
  });
}

// Written and not only taken (posix_fallocate): so the kernel has the pages already, in large
// pieces, and meets each with less than half of the work when it is written to through the mapping.
// A full disk refuses either. 0, or errno.
int write_zeros(int fd, std::uint64_t from, std::uint64_t end) {
  static char zeros[MappedTail::kMostAhead];
  while (from < end) {
    const auto wrote = ::pwrite(fd, zeros, std::min<std::uint64_t>(end - from, sizeof zeros),
                                static_cast<off_t>(from));
    if (wrote < 0 && errno == EINTR) {
      continue;
    }
    if (wrote <= 0) {
      return wrote == 0 ? ENOSPC : errno;
    }
    from += static_cast<std::uint64_t>(wrote);
  }
  return 0;
}

}  // namespace

bool MappedTail::copy_to_pages(char* to, const char* from, std::size_t bytes) {
  state = kWriting;
  std::atomic_signal_fence(std::memory_order_seq_cst);  // the handler looks at it during the copy
  std::memcpy(to, from, bytes);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  const bool whole = state == kWriting;
  state = kQuiet;
  return whole;
}

int MappedTail::map(int fd, std::uint64_t offset, std::size_t bytes) {
  survive_failing_pages();
  reset();
  const std::uint64_t page = page_bytes();
  const std::uint64_t from = offset / page * page;
  std::uint64_t end = 0;
  const auto take = [&](std::uint64_t ahead) {
    end = (offset + std::max<std::uint64_t>(bytes, ahead) + page - 1) / page * page;
    return write_zeros(fd, offset, end);
  };
  int error = take(std::clamp<std::uint64_t>(offset / 2, kAhead, kMostAhead));
  if (error != 0) {
    error = take(kAhead);  // a disk that is nearly full is full later
  }
  if (error != 0) {
    return error;
  }
  // Not populated: that brings pages to be read, and each is met once more when it is written to.
  void* mapped =
      ::mmap(nullptr, end - from, PROT_READ | PROT_WRITE, MAP_SHARED, fd, static_cast<off_t>(from));
  if (mapped == MAP_FAILED) {
    return errno;
  }
  memory_ = static_cast<char*>(mapped);
  from_ = from;
  bytes_ = end - from;
  return 0;
}

void MappedTail::reset() noexcept {
  if (memory_) {
    ::munmap(memory_, bytes_);
    memory_ = nullptr;
  }
}

}  // namespace profile_broker::service
