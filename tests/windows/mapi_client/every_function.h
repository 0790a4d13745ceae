// The answer of each function of every_function_mapi.dll: made of which function it is and of every
// argument in its place, and an error code of MAPI to whoever takes it for a result.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace every_function {

constexpr std::size_t kArguments = 12;  // more than any function of MAPI has
using Arguments = std::array<std::uintptr_t, kArguments>;

inline std::uint32_t answer(std::uint32_t function, const Arguments& arguments) {
  std::uint64_t sum = function;
  for (const auto argument : arguments) {
    sum = sum * 1'000'003 + argument;
  }
  return 0x8004'0000U | static_cast<std::uint32_t>((sum ^ sum >> 32) & 0xFFFFU);
}

using Function = std::uint32_t(std::uintptr_t, std::uintptr_t, std::uintptr_t, std::uintptr_t,
                               std::uintptr_t, std::uintptr_t, std::uintptr_t, std::uintptr_t,
                               std::uintptr_t, std::uintptr_t, std::uintptr_t, std::uintptr_t);

}  // namespace every_function
