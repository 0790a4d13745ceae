#include "proto/digits.h"

#include <limits>
#include <string>

#include "tests/support/catch.h"

using namespace profile_broker;

namespace {

std::string put(std::uint64_t number) {
  std::string text(kMostNumberDigits, ' ');
  text.resize(static_cast<std::size_t>(put_number(text.data(), number) - text.data()));
  return text;
}

}  // namespace

TEST_CASE("a number is written as the library writes it, whatever number of digits it has") {
  for (std::uint64_t number = 0; number < 20'000; ++number) {
    REQUIRE(put(number) == std::to_string(number));
  }
  std::uint64_t power = 1;
  for (int digits = 1; digits <= 19; ++digits, power *= 10) {
    for (const std::uint64_t number : {power - 1, power, power + 1, 5 * power / 3, 9 * power}) {
      CHECK(put(number) == std::to_string(number));
    }
  }
  CHECK(put(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
}

TEST_CASE("each four digits of eight are what they are") {
  for (std::uint64_t four = 0; four < 10'000; ++four) {
    REQUIRE(put(1'0000'0000 + four).substr(5) == std::to_string(10'000 + four).substr(1));
    REQUIRE(put(1'0000'0000 + four * 10'000).substr(1, 4) ==
            std::to_string(10'000 + four).substr(1));
  }
}

TEST_CASE("two and four digits are as many, with zeros in front of a smaller number") {
  for (unsigned number = 0; number < 10'000; ++number) {
    char text[] = "#####";
    CHECK(put_four_digits(text, number) == text + 4);
    REQUIRE(std::string(text) == std::to_string(10'000 + number).substr(1) + "#");
  }
  char text[] = "###";
  CHECK(put_two_digits(text, 7) == text + 2);
  CHECK(std::string(text) == "07#");
}
