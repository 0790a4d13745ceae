// What the conductor of a chaos run wants of its clients: one word and a number in a file that they
// look at. A file, because it reaches processes under Wine, and those that were stopped, the same
// way.
#pragma once

#include <cstdint>
#include <string>

namespace profile_broker::chaos {

struct Order {
  enum class What { go, pause, quit };
  What what = What::go;
  std::uint64_t number = 0;  // of the pause
};

// go when the file cannot be read just now.
Order read_order(const std::string& file);

}  // namespace profile_broker::chaos
