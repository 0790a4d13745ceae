// Numbers as decimal digits, straight to their place, two at a time from a table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace profile_broker {

inline constexpr char kPairsOfDigits[] =
    "0001020304050607080910111213141516171819"
    "2021222324252627282930313233343536373839"
    "4041424344454647484950515253545556575859"
    "6061626364656667686970717273747576777879"
    "8081828384858687888990919293949596979899";

// Each returns what is behind it. Two digits of a number below 100, four of one below 10,000.
inline char* put_two_digits(char* at, std::uint32_t number) {
  std::memcpy(at, kPairsOfDigits + 2 * std::size_t{number}, 2);
  return at + 2;
}
inline char* put_four_digits(char* at, std::uint32_t number) {
  return put_two_digits(put_two_digits(at, number / 100), number % 100);
}
// What std::to_chars() writes.
inline constexpr std::size_t kMostNumberDigits = 20;
char* put_longer_number(char* at, std::uint64_t number);   // of two digits or more
char* put_longest_number(char* at, std::uint64_t number);  // of nine or more
inline char* put_number(char* at, std::uint64_t number) {
  if (number < 10) {  // as most counts are
    *at = static_cast<char>('0' + number);
    return at + 1;
  }
  return put_longer_number(at, number);
}

}  // namespace profile_broker
