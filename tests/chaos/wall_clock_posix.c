/* Preloaded into every process of a chaos run on Linux: the machine's wall clock, set wrong by as
 * many seconds as stand in the file that CHAOS_WALL_CLOCK names (eight bytes, mapped, so that a
 * change is a jump in all of them at once). The monotonic clock stays: the kernel lets nobody set
 * it. libfaketime would do, but bends the monotonic clock and timed waits too, and those are what
 * this run has to leave alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t* jump;
static int (*real_clock)(clockid_t, struct timespec*);

static __attribute__((constructor)) void begin(void) {
  const char* file = getenv("CHAOS_WALL_CLOCK");
  int fd = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
  void* mapped = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *jump, PROT_READ, MAP_SHARED, fd, 0);
  if (fd >= 0) {
    close(fd);
  }
  if (mapped != MAP_FAILED) {
    jump = mapped;
  }
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  if (!real_clock) {
    *(void**)&real_clock = dlsym(RTLD_NEXT, "clock_gettime");
  }
  const int result = real_clock(clock, now);
  if (result == 0 && jump && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    now->tv_sec += *jump;
  }
  return result;
}

int gettimeofday(struct timeval* restrict now, void* restrict zone) {
  (void)zone;
  struct timespec precise;
  const int result = clock_gettime(CLOCK_REALTIME, &precise);
  now->tv_sec = precise.tv_sec;
  now->tv_usec = precise.tv_nsec / 1000;
  return result;
}

time_t time(time_t* copy) {
  struct timespec precise;
  clock_gettime(CLOCK_REALTIME, &precise);
  if (copy) {
    *copy = precise.tv_sec;
  }
  return precise.tv_sec;
}
