// The random life behind worker.h.
#include "tests/chaos/worker.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace profile_broker::chaos {
namespace {

constexpr unsigned kSharedProfiles = 40;
constexpr std::size_t kMostHeld = 4;
constexpr PROFILE_BROKER_RESULT kOk = 0;
constexpr auto kNotFound = static_cast<PROFILE_BROKER_RESULT>(0x8004010F);
constexpr auto kCallFailed = static_cast<PROFILE_BROKER_RESULT>(0x80004005);

std::string hex(PROFILE_BROKER_RESULT result) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%08X", static_cast<unsigned>(result));
  return text;
}

void pause_for(unsigned milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

// The profiles' names are ASCII.
std::string narrow(const PROFILE_BROKER_CHAR* text) {
  std::string name;
  for (; *text; ++text) {
    name.push_back(static_cast<char>(*text));
  }
  return name;
}

SimulatedHive::Removed remove_for_real(Program& program, const std::string& profile) {
  const auto number = program.next_number();
  program.record.line("removing", number, profile);
  pause_for(static_cast<unsigned>(number % 4));  // a removal is no instant: others get their chance
  const auto removed = program.hive.remove(profile);
  program.record.line("removed", number, profile,
                      removed == SimulatedHive::Removed::gone            ? "gone"
                      : removed == SimulatedHive::Removed::was_not_there ? "missing"
                                                                         : "failed");
  return removed;
}

}  // namespace

PROFILE_BROKER_RESULT PROFILE_BROKER_CALL remove_profile(const PROFILE_BROKER_CHAR* profile,
                                                         void* context) {
  switch (remove_for_real(*static_cast<Program*>(context), narrow(profile))) {
    case SimulatedHive::Removed::gone:
      return kOk;
    case SimulatedHive::Removed::was_not_there:
      return kNotFound;
    case SimulatedHive::Removed::failed:
      break;
  }
  return kCallFailed;
}

void Worker::run() {
  for (;;) {
    switch (program_.order) {
      case Order::What::go:
        parked_ = false;
        do_something();
        pause_for(below(program_.pace));
        break;
      case Order::What::pause:
        parked_ = true;
        pause_for(10);
        break;
      case Order::What::quit:
        while (!held_.empty()) {
          release(held_.size() - 1);
        }
        return;
    }
    for (const auto& held : held_) {
      look_at(held);
    }
  }
}

void Worker::do_something() {
  const unsigned choice = below(1000);
  if (choice < 420 && held_.size() < kMostHeld) {
    acquire(shared_profile(), below(3) == 0);
  } else if (choice < 500 && held_.size() < kMostHeld) {
    // The dynamic profile of KB 818861: made for this program, deleted at once, used until the end.
    const auto profile =
        "Gateway-" + program_.record.who() + "-" + std::to_string(program_.next_number());
    acquire(profile, true);
    delete_profile(profile);
  } else if (choice < 830 && !held_.empty()) {
    release(below(static_cast<unsigned>(held_.size())));
  } else if (choice < 870) {
    delete_profile(shared_profile());
  } else if (choice < 910) {
    sweep();
  } else if (choice < 997) {
    ask(shared_profile());
  } else if (choice == 999) {
    end_without_a_word();
  }
}

void Worker::acquire(const std::string& profile, bool temporary) {
  Held held;
  held.number = program_.next_number();
  held.profile = profile;
  const char* kind = temporary ? "temporary" : "lasting";
  program_.record.line("acquiring", held.number, profile, kind);
  const auto result =
      held.reference.acquire(profile.c_str(), temporary ? PROFILE_BROKER_TEMPORARY : 0u);
  if (FAILED(result)) {
    program_.record.line("refused", held.number, profile, hex(result));
    return;
  }
  program_.record.line("held", held.number, profile, kind, hex(result));
  held.open = program_.hive.open(profile);
  look_at(held);
  held_.push_back(std::move(held));
}

void Worker::look_at(const Held& held) {
  const auto harm = held.open ? held.open->harm() : "it-cannot-be-opened";
  if (!harm.empty()) {
    program_.record.line("harmed", held.number, held.profile, harm);
  }
}

void Worker::release(std::size_t index) {
  auto held = std::move(held_[index]);
  held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(index));
  look_at(held);
  program_.record.line("releasing", held.number, held.profile);
  held.open.reset();
  const auto result = held.reference.release();
  program_.record.line("released", held.number, held.profile, hex(result));
}

void Worker::delete_profile(const std::string& profile) {
  if (program_.deletes_blindly) {
    remove_for_real(program_, profile);
    return;
  }
  const auto number = program_.next_number();
  bool deferred = false;
  program_.record.line("deleting", number, profile);
  const auto result = profile_broker::delete_profile(profile.c_str(), deferred);
  program_.record.line("deleted", number, profile, hex(result), deferred ? "deferred" : "now");
}

void Worker::sweep() {
  std::uint32_t removed = 0;
  const auto result = ProfileBrokerSweep(&removed);
  program_.record.line("swept", hex(result), std::uint64_t{removed});
}

void Worker::ask(const std::string& profile) {
  PROFILE_BROKER_USAGE usage;
  PROFILE_BROKER_STATUS status;
  const auto queried = query(profile.c_str(), usage);
  const auto told = get_status(status);
  program_.record.line("asked", hex(queried), hex(told));
}

void Worker::end_without_a_word() {
  program_.record.line("exiting");
  std::_Exit(0);
}

// Spelled now so, now so: names are compared without case.
std::string Worker::shared_profile() {
  const unsigned number = below(kSharedProfiles);
  return (below(4) == 0 ? "SHARED-" : "Shared-") + std::to_string(number);
}

}  // namespace profile_broker::chaos
