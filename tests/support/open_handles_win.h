// How many handles a process has open, and how much memory, for tests that see to it that nothing
// is left behind.
#pragma once

#include <windows.h>

#include <psapi.h>
#include <winternl.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/support/catch.h"

namespace profile_broker {

// SystemExtendedHandleInformation of NtQuerySystemInformation: GetProcessHandleCount always says 0
// under Wine.
inline constexpr int kExtendedHandleInformation = 64;

struct HandleEntry {
  void* object;
  std::uintptr_t process;
  std::uintptr_t handle;
  ULONG access;
  USHORT back_trace;
  USHORT type;
  ULONG attributes;
  ULONG reserved;
};
struct HandleTable {
  std::uintptr_t count;
  std::uintptr_t reserved;
  HandleEntry entries[1];
};

inline std::size_t open_handles(DWORD process = GetCurrentProcessId()) {
  using Query = NTSTATUS(WINAPI*)(int, void*, ULONG, ULONG*);
  const auto query = reinterpret_cast<Query>(reinterpret_cast<void*>(
      GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "NtQuerySystemInformation")));
  std::vector<std::byte> block(1 << 16);
  ULONG needed = 0;
  while (query(kExtendedHandleInformation, block.data(), static_cast<ULONG>(block.size()),
               &needed) != 0) {
    REQUIRE(block.size() < (std::size_t{1} << 28));
    block.resize(block.size() * 2);
  }
  const auto* table = reinterpret_cast<const HandleTable*>(block.data());
  std::size_t count = 0;
  for (std::size_t i = 0; i < table->count; ++i) {
    count += table->entries[i].process == process ? 1 : 0;
  }
  return count;
}

// Of the process behind a handle with PROCESS_QUERY_LIMITED_INFORMATION: what it has in physical
// memory. Rises with the allocator's habits.
inline std::size_t resident_bytes(HANDLE process = GetCurrentProcess()) {
  PROCESS_MEMORY_COUNTERS counters{};
  REQUIRE(K32GetProcessMemoryInfo(process, &counters, sizeof counters) != FALSE);
  return counters.WorkingSetSize;
}

}  // namespace profile_broker
