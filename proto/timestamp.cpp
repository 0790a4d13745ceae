// The text form behind timestamp.h.
#include "proto/timestamp.h"

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
  std::string text;
  append_timestamp(text, time);
  return text;
}

void append_timestamp(std::string& out, WallTime time) {
  char text[kTimestampBytes];
  out.append(text, put_timestamp(text, time));
}

char* put_timestamp(char* at, WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto ms = static_cast<unsigned>((time - day).count());
  const auto put = [&](unsigned value, unsigned digits, char behind) {
    for (unsigned i = digits; i > 0; value /= 10) {
      at[--i] = static_cast<char>('0' + value % 10);
    }
    at[digits] = behind;
    at += digits + 1;
  };
  put(static_cast<unsigned>(static_cast<int>(date.year())), 4, '-');
  put(static_cast<unsigned>(date.month()), 2, '-');
  put(static_cast<unsigned>(date.day()), 2, 'T');
  put(ms / 3'600'000, 2, ':');
  put(ms / 60'000 % 60, 2, ':');
  put(ms / 1'000 % 60, 2, '.');
  put(ms % 1'000, 3, 'Z');
  return at;
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
