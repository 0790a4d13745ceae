// The words of messages.h that stand for one of a few things, both ways.
#include <algorithm>
#include <array>

#include "proto/messages.h"

namespace profile_broker {
namespace {

constexpr std::array<std::string_view, 12> kEventWords = {
    "acquired", "released", "temporary",    "deferred",      "undeleted",       "claimed",
    "removed",  "kept",     "processEnded", "journalFailed", "journalRestored", "overflow"};
constexpr std::array<std::string_view, 3> kKeptWords = {"inUse", "beingRemoved", "recovering"};

template <typename Kind, std::size_t count>
std::optional<Kind> kind_of(const std::array<std::string_view, count>& words,
                            std::string_view word) {
  const auto found = std::find(words.begin(), words.end(), word);
  return found == words.end() ? std::nullopt
                              : std::optional(static_cast<Kind>(found - words.begin()));
}

}  // namespace

std::string_view word_of(KeptReason reason) {
  return kKeptWords[static_cast<std::size_t>(reason)];
}

std::optional<KeptReason> kept_reason_from_word(std::string_view word) {
  return kind_of<KeptReason>(kKeptWords, word);
}

std::string_view word_of(EventKind kind) {
  return kEventWords[static_cast<std::size_t>(kind)];
}

std::optional<EventKind> event_kind_from_word(std::string_view word) {
  return kind_of<EventKind>(kEventWords, word);
}

}  // namespace profile_broker
