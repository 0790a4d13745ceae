// Playing and shrinking (run.h).
#include "tests/history/run.h"

#include <algorithm>
#include <sstream>

namespace profile_broker::history {
namespace {

constexpr std::size_t kShort = 400;
constexpr std::size_t kLong = 4'000;  // one history of twenty: much to remember, much to shorten
constexpr std::size_t kMostRuns = 4'000;  // of a shrinker

// By the first words, which name no process and no id: what is made small must not become another
// failure.
bool is_the_same(const Failure& one, const Failure& other) {
  constexpr std::size_t kFirstWords = 16;
  return one.what.substr(0, kFirstWords) == other.what.substr(0, kFirstWords);
}

}  // namespace

std::optional<Failure> run(const Play& play, Figures& figures) {
  std::size_t step = 0;
  std::unique_ptr<History> history;
  std::optional<Failure> failure;
  try {
    history = std::make_unique<History>(play.plain_programs, play.mutation);
    for (; step < play.operations.size(); ++step) {
      history->step(play.operations[step]);
    }
    history->end();
  } catch (const Discrepancy& discrepancy) {
    failure = Failure{step, discrepancy.what()};
  }
  if (history) {
    figures += history->figures();
  }
  return failure;
}

Shrunk shrink(Play play, Failure failure) {
  Shrunk shrunk{std::move(play), std::move(failure), 0};
  Operations& best = shrunk.play.operations;
  best.resize(std::min(best.size(), shrunk.failure.step + 1));
  for (std::size_t piece = std::max<std::size_t>(best.size() / 2, 1); piece > 0;) {
    bool smaller = false;
    for (std::size_t begin = 0; begin < best.size() && shrunk.runs < kMostRuns;) {
      Play candidate = shrunk.play;
      const auto from = candidate.operations.begin() + static_cast<std::ptrdiff_t>(begin);
      const auto count = static_cast<std::ptrdiff_t>(std::min(piece, best.size() - begin));
      candidate.operations.erase(from, from + count);
      Figures figures;
      ++shrunk.runs;
      if (auto still = run(candidate, figures); still && is_the_same(*still, shrunk.failure)) {
        shrunk.failure = std::move(*still);
        best = std::move(candidate.operations);
        smaller = true;
      } else {
        begin += piece;
      }
    }
    if (!smaller || piece > 1) {
      piece /= 2;
    }
  }
  return shrunk;
}

std::string text_of(const Play& play) {
  std::string text = play.plain_programs ? "plain" : "noticing";
  for (const auto& [mutation, word] : all_mutations()) {
    if (mutation == play.mutation) {
      text += ' ' + std::string(word);
    }
  }
  text += '\n';
  for (const Operation& operation : play.operations) {
    text += text_of(operation) + '\n';
  }
  return text;
}

std::optional<Play> play_from_text(const std::string& text) {
  std::istringstream in(text);
  std::string line;
  std::getline(in, line);
  std::istringstream first(line);
  std::string programs;
  std::string mutated;
  first >> programs >> mutated;
  if (programs != "plain" && programs != "noticing") {
    return std::nullopt;
  }
  Play play{programs == "plain", Mutation::none, {}};
  for (const auto& [mutation, word] : all_mutations()) {
    play.mutation = word == mutated ? mutation : play.mutation;
  }
  while (std::getline(in, line)) {
    const auto operation = operation_from_text(line);
    if (!operation) {
      return std::nullopt;
    }
    play.operations.push_back(*operation);
  }
  return play;
}

Play play_of(std::uint64_t seed, Mutation mutation) {
  return {seed % 2 == 1, mutation, generate(seed, seed % 20 == 0 ? kLong : kShort)};
}

Outcome run(const Campaign& campaign) {
  Outcome outcome;
  for (std::uint64_t seed = campaign.first_seed; outcome.figures.operations < campaign.operations;
       ++seed) {
    ++outcome.histories;
    if (auto failure = run(play_of(seed, campaign.mutation), outcome.figures)) {
      outcome.failed_seed = seed;
      outcome.failure = std::move(failure);
      return outcome;
    }
  }
  return outcome;
}

}  // namespace profile_broker::history
