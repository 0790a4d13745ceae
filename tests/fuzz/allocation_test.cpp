// Lets memory run out at every place in turn: plays each script of the service's corpus once for
// every allocation that the service makes in it, and fails that one. Demanded of each: what
// service_play.h demands of every script, so the promise holds and nothing that was answered is
// lost; and that the service never ends: a failure ends a connection at worst.
//   allocation_test FOLDER [STEP]   every STEP-th allocation of each script; each when none is
//   given
//   allocation_test FILE NUMBER     that allocation of that script alone, and where it was asked
//   for
#include <dlfcn.h>
#include <execinfo.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>
#include <set>
#include <string>

#include "tests/fuzz/service_play.h"

namespace {

using profile_broker::service::OutsideOfTheProcess;

bool service_works = false;
std::uint64_t allocations = 0;
std::uint64_t fail_at = 0;  // 0: never
std::uint64_t left_out = 0;
bool shows_where = false;

// The JSON library allocates in its destructors, where nothing can fail but the process: the
// reserve of service/memory_reserve.h is for those, and tried by itself.
bool in_json_destructor() {
  std::array<void*, 64> frames;
  const int count = ::backtrace(frames.data(), static_cast<int>(frames.size()));
  for (int i = 0; i < count; ++i) {
    Dl_info info{};
    if (::dladdr(frames[static_cast<std::size_t>(i)], &info) != 0 && info.dli_sname &&
        std::strstr(info.dli_sname, "json_value7destroy")) {
      return true;
    }
  }
  return false;
}

bool fails_now() {
  if (!service_works || OutsideOfTheProcess::is_here() || ++allocations != fail_at) {
    return false;
  }
  const OutsideOfTheProcess looking;
  if (in_json_destructor()) {
    ++left_out;
    return false;
  }
  if (shows_where) {
    std::array<void*, 40> frames;
    ::backtrace_symbols_fd(frames.data(), ::backtrace(frames.data(), 40), STDERR_FILENO);
  }
  return true;
}

void* allocate(std::size_t size) {
  void* memory = fails_now() ? nullptr : std::malloc(size);
  if (!memory) {
    throw std::bad_alloc();
  }
  return memory;
}

}  // namespace

void* operator new(std::size_t size) {
  return allocate(size);
}
void* operator new[](std::size_t size) {
  return allocate(size);
}
// Asio's handlers. The linker leads calls of the one to the other.
extern "C" void* __real_aligned_alloc(std::size_t alignment, std::size_t size);
extern "C" void* __wrap_aligned_alloc(std::size_t alignment, std::size_t size) {
  return fails_now() ? nullptr : __real_aligned_alloc(alignment, size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace {

using namespace profile_broker::fuzz;

// Plays the script with that allocation failing; the number of allocations that there were.
std::uint64_t play(std::string_view script, std::uint64_t failing) {
  allocations = 0;
  fail_at = failing;
  {
    Play play([](bool works) { service_works = works; });
    play.after_shortage = failing != 0;
    play_script(play, script);
  }
  fail_at = 0;
  return allocations;
}

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: allocation_test FOLDER [STEP]\n");
    return 2;
  }
  if (std::filesystem::is_regular_file(arguments[1])) {
    shows_where = true;
    play(content_of(arguments[1]), count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 0);
    return 0;
  }
  const auto step = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1;
  std::set<std::filesystem::path> scripts;
  for (const auto& entry : std::filesystem::directory_iterator(arguments[1])) {
    scripts.insert(entry.path());
  }
  std::uint64_t failures = 0;
  for (const auto& path : scripts) {
    const auto script = content_of(path);
    const auto total = play(script, 0);
    std::printf("%s: %llu allocations\n", path.filename().c_str(),
                static_cast<unsigned long long>(total));
    for (std::uint64_t failing = 1 + failures % step; failing <= total; failing += step) {
      std::fprintf(stderr, "%s, allocation %llu\n", path.c_str(),
                   static_cast<unsigned long long>(failing));  // the last line names what failed
      play(script, failing);
      ++failures;
    }
  }
  std::printf(
      "memory ran out in %llu places; the promise held in all\n"
      "%llu more were in destructors of the JSON library, which the reserve is for\n",
      static_cast<unsigned long long>(failures - left_out),
      static_cast<unsigned long long>(left_out));
  return failures > 0 ? 0 : 1;
}
