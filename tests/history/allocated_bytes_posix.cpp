// The counting operator new and delete (allocated_bytes_posix.h).
#include "tests/history/allocated_bytes_posix.h"

#include <malloc.h>

#include <cstdlib>
#include <new>

namespace {
// The program has one thread.
std::size_t allocated = 0;
std::size_t asked = 0;
}  // namespace

std::size_t profile_broker::history::allocated_bytes() {
  return allocated;
}

std::size_t profile_broker::history::allocations() {
  return asked;
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++asked;
  void* memory = std::malloc(size);
  allocated += malloc_usable_size(memory);
  return memory;
}

void* operator new(std::size_t size) {
  void* memory = operator new(size, std::nothrow);
  if (!memory) {
    throw std::bad_alloc();
  }
  return memory;
}

void operator delete(void* memory) noexcept {
  allocated -= malloc_usable_size(memory);
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}
