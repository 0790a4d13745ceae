// Words and weights of the steps (operation.h).
#include "tests/history/operation.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <sstream>

namespace profile_broker::history {
namespace {

struct Kind {
  Action action;
  std::string_view word;
  unsigned weight;  // against the others'
};

// Rare steps are rare because each ends what many others prepared.
constexpr Kind kKinds[] = {
    {Action::acquire, "acquire", 230},
    {Action::release, "release", 160},
    {Action::remove, "remove", 75},
    {Action::undelete, "undelete", 25},
    {Action::sweep, "sweep", 55},
    {Action::carry_out, "carry_out", 70},
    {Action::finish, "finish", 70},
    {Action::look, "look", 60},
    {Action::steal, "steal", 15},
    {Action::hang_up, "hang_up", 20},
    {Action::begin_process, "begin_process", 90},
    {Action::end_process, "end_process", 28},
    {Action::see_end, "see_end", 30},
    {Action::wait, "wait", 35},
    {Action::stop, "stop", 6},
    {Action::crash, "crash", 8},
    {Action::start, "start", 110},
    {Action::reboot, "reboot", 3},
    {Action::set_limits, "set_limits", 2},
    {Action::fill_disk, "fill_disk", 4},
    {Action::free_disk, "free_disk", 10},
    {Action::fail_write, "fail_write", 7},
    {Action::crash_in_write, "crash_in_write", 10},
    {Action::damage_journal, "damage_journal", 3},
    {Action::try_every_cut, "try_every_cut", 1},
};

}  // namespace

std::string text_of(const Operation& operation) {
  const auto* kind = std::find_if(std::begin(kKinds), std::end(kKinds),
                                  [&](const Kind& k) { return k.action == operation.action; });
  return std::string(kind->word) + ' ' + std::to_string(operation.who) + ' ' +
         std::to_string(operation.what) + ' ' + std::to_string(operation.detail);
}

std::optional<Operation> operation_from_text(std::string_view line) {
  std::istringstream in{std::string(line)};
  std::string word;
  Operation operation;
  if (!(in >> word >> operation.who >> operation.what >> operation.detail)) {
    return std::nullopt;
  }
  const auto* kind = std::find_if(std::begin(kKinds), std::end(kKinds),
                                  [&](const Kind& k) { return k.word == word; });
  if (kind == std::end(kKinds)) {
    return std::nullopt;
  }
  operation.action = kind->action;
  return operation;
}

Operations generate(std::uint64_t seed, std::size_t count, const Mixture& mixture) {
  // The engine's output is the same everywhere; the standard's distributions are not.
  std::mt19937_64 random(seed);
  const auto allowed = [&](const Kind& kind) {
    return mixture.damage || kind.action != Action::damage_journal;
  };
  const unsigned total = std::accumulate(
      std::begin(kKinds), std::end(kKinds), 0U,
      [&](unsigned sum, const Kind& k) { return sum + (allowed(k) ? k.weight : 0); });
  Operations operations;
  operations.reserve(count);
  while (operations.size() < count) {
    auto point = static_cast<unsigned>(random() % total);
    for (const Kind& kind : kKinds) {
      const unsigned weight = allowed(kind) ? kind.weight : 0;
      if (point < weight) {
        const std::uint64_t bits = random();
        operations.push_back({kind.action, static_cast<std::uint32_t>(bits & 0xFF),
                              static_cast<std::uint32_t>(bits >> 8 & 0xFF),
                              static_cast<std::uint32_t>(bits >> 16 & 0xFFFF)});
        break;
      }
      point -= weight;
    }
  }
  return operations;
}

}  // namespace profile_broker::history
