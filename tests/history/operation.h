// One step of a generated history, as a value: what happens, and three small numbers that say to
// whom, to what and how. The numbers are read modulo what there is, so every list of operations is
// a history, also one from which a shrinker has taken steps away. As text ("acquire 3 1 77", one a
// line) a history can be kept in a file and replayed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace profile_broker::history {

enum class Action {
  // What programs do.
  acquire,
  release,
  remove,
  undelete,
  sweep,
  carry_out,  // delete a profile that a claim was granted for
  finish,     // tell the service so
  look,
  steal,  // with another process's reference or claim
  hang_up,
  begin_process,
  end_process,
  see_end,  // the service learns of it
  // What happens to the service.
  wait,
  stop,
  crash,
  start,
  reboot,
  set_limits,
  fill_disk,
  free_disk,
  fail_write,
  crash_in_write,
  damage_journal,
  try_every_cut,
};

struct Operation {
  Action action{};
  std::uint32_t who = 0;     // process
  std::uint32_t what = 0;    // profile
  std::uint32_t detail = 0;  // everything else
};

using Operations = std::vector<Operation>;

std::string text_of(const Operation& operation);
std::optional<Operation> operation_from_text(std::string_view line);

// Which steps a history is made of. Damage beyond a crash is left out where a test asks what a
// crash alone may do.
struct Mixture {
  bool damage = true;
};

// The same for the same seed, on every machine.
Operations generate(std::uint64_t seed, std::size_t count, const Mixture& mixture = {});

}  // namespace profile_broker::history
