// Plays a script of hostile peers (service_script.h) to the simulated service and demands after
// every step: the promise, as a witness outside sees it (witness.h), and the table's invariants;
// over a restart: nothing that was answered is lost; at the end, when all processes are gone:
// everything marked for deletion can be swept, and nothing is left.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "tests/fuzz/require.h"
#include "tests/fuzz/script.h"
#include "tests/fuzz/service_script.h"
#include "tests/fuzz/witness.h"
#include "tests/service/simulated_service.h"
#include "tests/service/table_invariants.h"

namespace profile_broker::fuzz {
using namespace service;  // NOLINT: tests of that namespace

// Small enough for a short script to run into each.
inline ServiceLimits small_limits() {
  ServiceLimits limits;
  limits.connections = 12;
  limits.connections_per_user = 6;
  limits.silent_connections_per_user = 4;
  limits.references_per_process = 5;
  limits.references_per_user = 8;
  limits.profiles_per_user = 7;
  return limits;
}

class Play {
 public:
  // memory_may_end is called with true when the service begins to work and with false when it has
  // done: a test may let allocations fail in between.
  explicit Play(std::function<void(bool)> memory_may_end = {}) {
    machine_.memory_may_end = std::move(memory_may_end);
    machine_.after_replay = [this](const ReferenceTable& table) { compare_replayed(table); };
    for (std::size_t i = 0; i < kActors; ++i) {
      begin_process(i);
    }
  }
  ~Play() { lines_.clear(); }  // streams first: they belong to the running service
  Play(const Play&) = delete;
  Play& operator=(const Play&) = delete;

  void step(const Step& step) {
    switch (step.kind) {
      case Step::Kind::frame: {
        std::string bytes;
        append_frame(bytes, with_uuids(step.text));
        send(step, bytes);
        break;
      }
      case Step::Kind::raw_line:
        send(step, std::string(step.text) + "\r\n");
        break;
      case Step::Kind::raw:
        send(step, step.text);
        break;
      case Step::Kind::hang_up:
        if (Line* line = line_of(step, false)) {
          line->transport->peer_closed = true;
          machine_.send(*line->transport, {});
          forget(step);
        }
        break;
      case Step::Kind::stop_reading:
        line_of(step, true)->transport->peer_reads = false;
        break;
      case Step::Kind::read_again:
        if (Line* line = line_of(step, false)) {
          line->transport->peer_reads = true;
          machine_.send(*line->transport, {});
        }
        break;
      case Step::Kind::process_ends:
        end_process(step.actor);
        begin_process(step.actor);
        break;
      case Step::Kind::crash:
        restart([this] { machine_.crash(); });
        break;
      case Step::Kind::stop_in_order:
        restart([this] { machine_.stop_in_order(); });
        break;
      case Step::Kind::disk_full:
        machine_.file.full = !machine_.file.full;
        machine_.running->journal.retry();
        break;
      case Step::Kind::time_passes:
        machine_.pass(std::chrono::seconds(3));
        break;
      case Step::Kind::recovery_ends:
        machine_.running->dispatcher.set_recovering(false);
        break;
      case Step::Kind::nothing:
        break;
    }
    read_all();
    check();
  }

  // The other half of the promise: with nobody left, what is marked for deletion can be deleted.
  void end() {
    machine_.memory_may_end = {};
    machine_.file.full = false;
    machine_.running->journal.retry();
    for (std::size_t i = 0; i < kActors; ++i) {
      end_process(i);
    }
    read_all();
    lines_.clear();
    require(machine_.running->server.connection_count(std::nullopt) == 0,
            "connections outlive their processes");
    machine_.running->dispatcher.set_recovering(false);
    for (std::size_t i = 0; i < kActors; ++i) {
      begin_process(i);
      sweep_until_clean(i);
      end_process(i);
      lines_.clear();
    }
    require(machine_.running->table.empty(),
            "something is left when all are gone and all is swept");
    require(machine_.running->processes.size() == 0, "a process that has ended is still watched");
  }

  bool after_shortage = false;  // an allocation has failed

 private:
  static constexpr std::size_t kActors = 6;

  struct Line {
    std::shared_ptr<MemoryTransport> transport;
    Witness::Conversation conversation;
  };
  using LineKey = std::pair<std::size_t, char>;

  const Caller& actor(std::size_t number) { return actors_[number % kActors]; }

  void begin_process(std::size_t number) {
    static constexpr const char* kHives[kActors] = {"S-1", "S-1", "S-2", "S-2", "S-1", "S-3"};
    number %= kActors;
    const auto pid = static_cast<std::uint32_t>(100 + number);
    actors_[number] = {{{pid, ++incarnations_}, kHives[number], 2, "program.exe"}, number == 4};
    machine_.processes.begin(actors_[number]);
  }

  void end_process(std::size_t number) {
    const auto key = actor(number).holder.key;
    machine_.end_process(key);
    witness_.process_ended(key);
    std::erase_if(lines_, [&](const auto& one) { return one.first.first == number % kActors; });
  }

  Line* line_of(const Step& step, bool connect) {
    const LineKey key{step.actor % kActors, step.connection};
    auto found = lines_.find(key);
    if (found != lines_.end() && found->second.transport->closed) {
      lines_.erase(found);
      found = lines_.end();
    }
    if (found == lines_.end()) {
      if (!connect) {
        return nullptr;
      }
      const auto& who = actor(step.actor);
      found =
          lines_.emplace(key, Line{machine_.connect(who), Witness::Conversation(who.holder)}).first;
    }
    return &found->second;
  }
  void forget(const Step& step) { lines_.erase({step.actor % kActors, step.connection}); }

  void send(const Step& step, std::string_view bytes) {
    Line* line = line_of(step, true);
    witness_.sends(line->conversation, bytes);
    machine_.send(*line->transport, bytes);
  }

  void read_all() {
    for (auto& [key, line] : lines_) {
      witness_.reads(line.conversation, std::exchange(line.transport->outgoing, {}));
    }
  }

  void check() {
    const auto& table = machine_.running->table;
    const auto wrong = broken_invariant(table);
    require(wrong.empty(), "the table is out of shape:", wrong);
    for (const auto& [id, stake] : witness_.held()) {
      const auto* reference = table.find_reference(uuid_from_text(id).value());
      require(reference && reference->process->holder.key == stake.process &&
                  reference->profile->name().folded() == stake.profile,
              "a reference that was answered is gone:", stake.profile);
    }
    for (const auto& [key, process] : table.processes()) {
      require(machine_.processes.is_alive(key), "a process that has ended holds something");
    }
    require(!machine_.log.damaged, "the service wrote a journal that it does not understand");
  }

  template <typename End>
  void restart(End end) {
    read_all();
    const auto& running = *machine_.running;
    before_ =
        running.journal.writable() ? std::optional(description_of(running.table)) : std::nullopt;
    lines_.clear();
    end();
    machine_.start();
    check();
  }

  void compare_replayed(const ReferenceTable& table) {
    require(!before_ || description_of(table) == *before_,
            "a restart makes another table of the journal");
  }

  void sweep_until_clean(std::size_t number) {
    for (int round = 0; round < 4; ++round) {
      const Step ask{Step::Kind::frame, number, 'a', ""};
      Line* line = line_of(ask, true);
      const auto exchange = [&](std::string_view content) {
        std::string bytes;
        append_frame(bytes, content);
        witness_.sends(line->conversation, bytes);
        machine_.send(*line->transport, bytes);
        const auto answer = std::exchange(line->transport->outgoing, {});
        witness_.reads(line->conversation, answer);
        FrameReader reader(kMaxAnswerBytes);
        reader.append(answer);
        const auto frame = reader.next();
        require(frame.has_value(), "a sweep is not answered");
        return Json::parse(*frame);
      };
      const auto swept = exchange(R"({"jsonrpc":"2.0","id":1,"method":"profile/sweep"})");
      require(swept.contains("result"), "a sweep is refused:", swept.dump());
      require(swept["result"]["kept"].empty(), "a sweep keeps what nobody uses:", swept.dump());
      if (swept["result"]["removals"].empty()) {
        return;
      }
      for (const auto& removal : swept["result"]["removals"]) {
        exchange(
            R"({"jsonrpc":"2.0","id":2,"method":"removal/finish","params":{"removed":true,"claim":)" +
            removal["claim"].dump() + "}}");
      }
    }
    require(false, "sweeping comes to no end");
  }

  SimulatedService machine_{small_limits()};
  Witness witness_;
  std::array<Caller, kActors> actors_;
  std::uint64_t incarnations_ = 0;
  std::map<LineKey, Line> lines_;
  std::optional<std::vector<std::string>> before_;
};

inline void play_script(Play& play, std::string_view script) {
  for (const auto line : lines_of(script, 64)) {
    play.step(step_of(line));
  }
  play.end();
}

}  // namespace profile_broker::fuzz
