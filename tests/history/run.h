// Running histories, and making a failing one small. A failure is made small by taking steps away
// for as long as it still fails (delta debugging: Zeller and Hildebrandt, "Simplifying and
// Isolating Failure-Inducing Input", 2002).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/history/history.h"

namespace profile_broker::history {

// A history and how it is played.
struct Play {
  bool plain_programs = false;
  Mutation mutation = Mutation::none;
  Operations operations;
};

struct Failure {
  std::size_t step = 0;  // the one that showed it; the number of operations: the end of the history
  std::string what;
};

// Nothing: all was well.
std::optional<Failure> run(const Play& play, Figures& figures);

struct Shrunk {
  Play play;
  Failure failure;
  std::size_t runs = 0;
};
// play fails; so does what comes back.
Shrunk shrink(Play play, Failure failure);

// As text to keep in a file, and back; nothing when it is no such text.
std::string text_of(const Play& play);
std::optional<Play> play_from_text(const std::string& text);

// The histories of a run: seed after seed, until there are enough operations or one fails.
struct Campaign {
  std::uint64_t first_seed = 1;
  std::uint64_t operations = 50'000;
  Mutation mutation = Mutation::none;
};
struct Outcome {
  Figures figures;
  std::uint64_t histories = 0;
  std::uint64_t failed_seed = 0;
  std::optional<Failure> failure;
};
Play play_of(std::uint64_t seed, Mutation mutation);
Outcome run(const Campaign& campaign);

}  // namespace profile_broker::history
