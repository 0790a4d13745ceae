// Mapping, and surviving a page that fails (mapped_tail_posix.h).
#include "service/mapped_tail_posix.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csetjmp>
#include <csignal>
#include <cstring>
#include <mutex>

namespace profile_broker::service {
namespace {

// Where a failing page leads back to, while one is being written to.
thread_local sigjmp_buf* volatile way_back = nullptr;

void leave_failing_page(int signal, siginfo_t*, void*) {
  if (way_back) {
    siglongjmp(*way_back, 1);
  }
  std::signal(signal, SIG_DFL);  // somebody else's: it comes again, and ends the process
}

void survive_failing_pages() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action {};
    action.sa_sigaction = leave_failing_page;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    ::sigaction(SIGBUS, &action, nullptr);
  });
}

// False: a page of it failed. Nothing in here has a destructor, which a jump would skip.
bool copy_to_pages(char* to, const char* from, std::size_t bytes) {
  sigjmp_buf here;
  if (sigsetjmp(here, 0) != 0) {
    way_back = nullptr;
    return false;
  }
  way_back = &here;
  std::atomic_signal_fence(std::memory_order_seq_cst);  // the handler reads it during the copy
  std::memcpy(to, from, bytes);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  way_back = nullptr;
  return true;
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

int MappedTail::write(int fd, std::uint64_t offset, std::string_view bytes) {
  if (!memory_ || offset < from_ || offset + bytes.size() > from_ + bytes_) {
    if (const int error = map(fd, offset, bytes.size())) {
      return error;
    }
  }
  return copy_to_pages(memory_ + (offset - from_), bytes.data(), bytes.size()) ? 0 : EIO;
}

int MappedTail::map(int fd, std::uint64_t offset, std::size_t bytes) {
  survive_failing_pages();
  reset();
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
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
