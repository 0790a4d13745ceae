// What a fuzz target demands: a sentence that is printed before the program ends, so that a finding
// reads as one.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace profile_broker::fuzz {

inline void require(bool holds, std::string_view otherwise, std::string_view detail = "") {
  if (!holds) {
    std::fprintf(stderr, "PROPERTY VIOLATED: %.*s %.*s\n", static_cast<int>(otherwise.size()),
                 otherwise.data(), static_cast<int>(detail.size()), detail.data());
    std::abort();
  }
}

}  // namespace profile_broker::fuzz
