// The numbers of more than a digit behind digits.h, once and not where each of them is written: an
// answer's code is run once for each request, so that its size is time, too.
#include "proto/digits.h"

namespace profile_broker {
namespace {

constexpr std::uint32_t kFour = 10'000;
constexpr std::uint32_t kEight = kFour * kFour;

// As many digits as a number below 10,000 has.
char* put_small_number(char* at, std::uint32_t number) {
  const std::uint32_t first = number < 100 ? number : number / 100;
  if (first >= 10) {
    at = put_two_digits(at, first);
  } else {
    *at++ = static_cast<char>('0' + first);
  }
  return number < 100 ? at : put_two_digits(at, number % 100);
}

}  // namespace

char* put_longer_number(char* at, std::uint64_t number) {
  if (number >= kEight) {
    return put_longest_number(at, number);
  }
  const auto low = static_cast<std::uint32_t>(number);
  return low < kFour ? put_small_number(at, low)
                     : put_four_digits(put_small_number(at, low / kFour), low % kFour);
}

char* put_longest_number(char* at, std::uint64_t number) {
  const auto low = static_cast<std::uint32_t>(number % kEight);
  at = put_number(at, number / kEight);
  return put_four_digits(put_four_digits(at, low / kFour), low % kFour);
}

}  // namespace profile_broker
