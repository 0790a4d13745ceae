// Waits for a condition with a deadline, never for a time that hopes.
#pragma once

#include <chrono>
#include <thread>

namespace profile_broker::client {

template <typename Condition>
bool eventually(Condition&& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace profile_broker::client
