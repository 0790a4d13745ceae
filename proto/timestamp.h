// Times on the wire and in the journal: RFC 3339 in UTC with milliseconds,
// "2026-01-31T08:15:00.123Z". Reads no clock.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace profile_broker {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

std::string timestamp_text(WallTime time);
// Writes kTimestampBytes to at; returns what is behind them.
inline constexpr std::size_t kTimestampBytes = 24;
char* put_timestamp(char* at, WallTime time);
std::optional<WallTime> timestamp_from_text(std::string_view text);

}  // namespace profile_broker
