// One thread of a chaos client: a MAPI program that takes, uses, deletes and gives back profiles at
// random, through the library's public interface and nothing else, and writes down what it does.
// A line `held` is written when Acquire has returned, `releasing` before Release is called: what
// lies between is the program's right, whatever the library and the service think.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "profile_broker/client.hpp"
#include "tests/chaos/orders.h"
#include "tests/chaos/record.h"
#include "tests/chaos/simulated_hive.h"

namespace profile_broker::chaos {

// What the threads of one client share.
struct Program {
  Record record;
  SimulatedHive hive;
  unsigned pace = 0;             // milliseconds at most between two things that a thread does
  bool deletes_blindly = false;  // without asking the broker: for the observer's own test
  std::atomic<std::uint64_t> last_number = 0;
  std::atomic<Order::What> order = Order::What::go;

  std::uint64_t next_number() { return ++last_number; }
};

// The remover of every client; context is its Program.
PROFILE_BROKER_RESULT PROFILE_BROKER_CALL remove_profile(const PROFILE_BROKER_CHAR* profile,
                                                         void* context);

class Worker {
 public:
  Worker(Program& program, std::uint64_t seed) : program_(program), random_(seed) {}

  // Until the order is quit; then everything is released.
  void run();
  bool is_parked() const { return parked_; }

 private:
  struct Held {
    std::uint64_t number = 0;
    std::string profile;
    Reference reference;
    std::unique_ptr<OpenProfile> open;
  };

  void do_something();
  void acquire(const std::string& profile, bool temporary);
  void look_at(const Held& held);
  void release(std::size_t index);
  void delete_profile(const std::string& profile);
  void sweep();
  void ask(const std::string& profile);
  void end_without_a_word();

  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
  std::string shared_profile();

  Program& program_;
  std::mt19937_64 random_;
  std::vector<Held> held_;
  std::atomic<bool> parked_ = false;
};

}  // namespace profile_broker::chaos
