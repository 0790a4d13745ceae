// The text form behind timestamp.h.
#include "proto/timestamp.h"

#include <cstring>

#include "proto/digits.h"

namespace profile_broker {
namespace {

constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd.dddZ";

int number(std::string_view text, std::size_t from, std::size_t digits) {
  int value = 0;
  for (std::size_t i = from; i < from + digits; ++i) {
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

bool has_shape(std::string_view text) {
  if (text.size() != kShape.size()) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (kShape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != kShape[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string timestamp_text(WallTime time) {
  std::string text(kTimestampBytes, ' ');
  put_timestamp(text.data(), time);
  return text;
}

// The calendar is the library's, which has it from Neri and Schneider, "Euclidean affine functions
// and their application to calendar algorithms" (Software: Practice and Experience, 2023).
char* put_timestamp(char* at, WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto ms = static_cast<unsigned>((time - day).count());
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  std::memcpy(at, kShape.data(), kTimestampBytes);
  put_four_digits(at, year % 10'000);
  put_two_digits(at + 5, static_cast<unsigned>(date.month()));
  put_two_digits(at + 8, static_cast<unsigned>(date.day()));
  put_two_digits(at + 11, ms / 3'600'000);
  put_two_digits(at + 14, ms / 60'000 % 60);
  put_two_digits(at + 17, ms / 1'000 % 60);
  put_two_digits(at + 20, ms / 10 % 100);
  at[22] = static_cast<char>('0' + ms % 10);
  return at + kTimestampBytes;
}

std::optional<WallTime> timestamp_from_text(std::string_view text) {
  if (!has_shape(text)) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date(
      std::chrono::year(number(text, 0, 4)),
      std::chrono::month(static_cast<unsigned>(number(text, 5, 2))),
      std::chrono::day(static_cast<unsigned>(number(text, 8, 2))));
  const int hour = number(text, 11, 2);
  const int minute = number(text, 14, 2);
  const int second = number(text, 17, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  return WallTime(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second) +
         std::chrono::milliseconds(number(text, 20, 3));
}

}  // namespace profile_broker
