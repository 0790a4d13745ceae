// A week of a terminal server against the real dispatcher, table and journal, on a simulated clock:
// 1,000 users who all log on within a minute every morning, three programs each that come and go
// all day, ten services that hold their profiles all week, programs that crash, a service that is
// restarted every night and killed four times a day, half of the time inside a write. Nothing may
// be lost or deleted in use, and after the week the service has the memory of its first hour, and a
// journal no longer than it promises. Exit code 1: it is not so.
#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <queue>
#include <random>
#include <set>

#include "tests/history/allocated_bytes_posix.h"
#include "tests/history/simulated_service.h"

using namespace profile_broker;
using namespace profile_broker::history;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

constexpr std::uint32_t kUsers = 1'000;
constexpr std::uint32_t kServices = 10;
constexpr std::uint32_t kProgramsOfUser = 3;
constexpr auto kMorning = 30min;  // after the clock's zero; people leave eleven hours later
constexpr auto kEvening = kMorning + 11h;
constexpr auto kRestart = 20h;  // at night
constexpr double kMostGrowth = 1.25;

struct Program {
  service::Caller caller;
  Uuid reference;
  ProfileName profile;
};

ProfileName name(const std::string& text) {
  return std::get<ProfileName>(ProfileName::parse(text));
}

class Week {
 public:
  explicit Week(std::uint64_t seed) : random_(seed) {}
  // False: something was wrong, and has been said.
  bool play(unsigned days);

 private:
  enum class What { begin, end, kill_service, restart_service };
  struct Due {
    milliseconds at;
    What what;
    std::uint32_t who;
    bool operator>(const Due& other) const { return at > other.at; }
  };

  void start();
  void died();
  void plan_day(milliseconds day);
  void happen(const Due& due);
  void begin(std::uint32_t who);
  void end(std::uint32_t who);
  void everybody_leaves();
  bool has_leftovers(const std::string& hive) const;
  void sweep(const service::Caller& caller);
  void remove(const service::Caller& caller, const Removal& removal);
  template <typename R>
  std::optional<R> call(const service::Caller& caller, const Call& one);
  service::Caller caller_of(std::uint32_t who);
  Uuid new_uuid();
  void require(bool well, const std::string& what);
  milliseconds within(milliseconds span) {
    return milliseconds(
        static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(span.count())));
  }
  // Of the service and of this program's own records, which go up and down together; without the
  // file, which is measured by itself.
  std::size_t memory() const { return allocated_bytes() - disk_.content.capacity(); }

  class Silent final : public service::Log {
    void report(const service::LogEvent&) noexcept override {}
    void debug(std::string_view) noexcept override {}
  };

  Silent log_;
  std::mt19937_64 random_;
  milliseconds now_{0};
  SimulatedDisk disk_;
  service::ServiceLimits limits_;
  std::unique_ptr<SimulatedService> service_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> plan_;
  std::map<std::uint32_t, Program> programs_;  // those that hold a reference
  std::set<ProcessKey> running_;
  std::map<std::pair<std::string, std::string>, int> in_use_;  // the truth, by hive and folded name
  std::uint64_t last_id_ = 0;
  std::uint64_t calls_ = 0;
  std::uint64_t logons_ = 0;
  std::uint64_t removals_ = 0;
  std::uint64_t crashes_ = 0;
  std::uint64_t crashes_inside_ = 0;
  std::uint64_t starts_ = 0;
  unsigned problems_ = 0;
};

void Week::start() {
  while (!service_) {
    try {
      service_ = std::make_unique<SimulatedService>(
          SimulatedService::Machine{
              disk_, log_, [this](const ProcessKey& key) { return running_.contains(key); },
              [] { return std::string("boot"); }, [this] { return new_uuid(); }, Mutation::none,
              service::Journal::kSmallJournal},
          limits_, now_);
      disk_.require_alive();
    } catch (const ServiceDied&) {
      service_.reset();
      disk_.process_gone();
    }
  }
  ++starts_;
  const auto& table = service_->table();
  for (const auto& [who, program] : programs_) {
    require(table.find_reference(program.reference), "a reference is lost");
  }
  // One more: of a call that was carried out and not answered.
  require(table.reference_count() <= programs_.size() + 1, "references are left over");
}

// Asks again when the service has gone meanwhile, as the library does. Each call has a connection
// of its own, so that every claim may be told again.
template <typename R>
std::optional<R> Week::call(const service::Caller& caller, const Call& one) {
  for (;;) {
    ++calls_;
    try {
      const service::ConnectionId connection = ++last_id_;
      const auto outcome = service_->handle({caller, connection, true, nullptr}, one, now_);
      disk_.require_alive();
      service_->connection_closed(connection);
      const auto* result = std::get_if<Result>(&outcome);
      return result ? std::optional(std::get<R>(*result)) : std::nullopt;
    } catch (const ServiceDied&) {
      died();
    }
  }
}

void Week::died() {
  ++crashes_inside_;
  service_.reset();
  disk_.process_gone();
  start();
}

service::Caller Week::caller_of(std::uint32_t who) {
  const std::uint32_t user = who / kProgramsOfUser;
  return {{{1'000 + who, ++last_id_}, "S-1-5-21-7-" + std::to_string(user), user, "program.exe"},
          false};
}

Uuid Week::new_uuid() {
  char text[37];
  std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012llu",
                static_cast<unsigned long long>(++last_id_));
  return uuid_from_text(text).value();
}

void Week::require(bool well, const std::string& what) {
  constexpr unsigned kEnough = 10;
  if (!well && problems_++ < kEnough) {
    std::cout << "hour " << now_ / 1h << ": " << what << "\n";
  }
}

void Week::begin(std::uint32_t who) {
  if (programs_.contains(who)) {
    return;
  }
  // Two programs of a user share a lasting profile; the third has one of its own.
  const bool temporary = who % kProgramsOfUser == 2;
  Program program{caller_of(who), new_uuid(),
                  name(temporary ? "Session " + std::to_string(last_id_) : "Outlook")};
  running_.insert(program.caller.holder.key);
  sweep(program.caller);
  const auto acquired = call<result::Acquire>(
      program.caller, call::Acquire{program.profile, program.reference, temporary, ""});
  require(acquired.has_value(), "an acquire is refused");
  ++in_use_[{program.caller.holder.hive, program.profile.folded()}];
  programs_.insert({who, std::move(program)});
  ++logons_;
  if (who < kUsers * kProgramsOfUser) {
    plan_.push({now_ + 5min + within(2h), What::end, who});
  }
}

// One in six dies instead of logging off.
void Week::end(std::uint32_t who) {
  auto entry = programs_.extract(who);
  if (entry.empty()) {
    return;
  }
  const Program& program = entry.mapped();
  const auto uses = in_use_.find({program.caller.holder.hive, program.profile.folded()});
  if (--uses->second == 0) {
    in_use_.erase(uses);
  }
  if (random_() % 6 != 0) {
    const auto released = call<result::Release>(program.caller, call::Release{program.reference});
    if (released && released->removal) {
      remove(program.caller, *released->removal);
    }
  }
  running_.erase(program.caller.holder.key);
  try {
    service_->process_ended(program.caller.holder.key, now_);
    disk_.require_alive();
  } catch (const ServiceDied&) {
    died();
  }
  if (now_ % 24h < kEvening) {
    plan_.push({now_ + 1min + within(30min), What::begin, who});
  }
}

void Week::sweep(const service::Caller& caller) {
  if (const auto swept = call<result::Sweep>(caller, call::Sweep{})) {
    for (const auto& removal : swept->removals) {
      remove(caller, removal);
    }
  }
}

void Week::remove(const service::Caller& caller, const Removal& removal) {
  if (random_() % 200 == 0) {
    return;  // it forgets: its process's end gives the claim back
  }
  require(!in_use_.contains({caller.holder.hive, name(removal.profile).folded()}),
          "profile " + removal.profile + " is deleted in use");
  call<result::Finish>(caller, call::Finish{removal.claim, true});
  ++removals_;
}

void Week::plan_day(milliseconds day) {
  for (std::uint32_t who = 0; who < kUsers * kProgramsOfUser; ++who) {
    plan_.push({day + kMorning + within(1min), What::begin, who});
  }
  for (int i = 0; i < 4; ++i) {
    plan_.push({day + within(24h), What::kill_service, static_cast<std::uint32_t>(i)});
  }
  plan_.push({day + kRestart, What::restart_service, 0});
}

void Week::happen(const Due& due) {
  now_ = due.at;
  service_->time_passes(now_);
  switch (due.what) {
    case What::begin:
      return begin(due.who);
    case What::end:
      return end(due.who);
    case What::kill_service:
      if (due.who % 2 == 0) {
        disk_.dies_in_write = static_cast<std::uint32_t>(random_());  // in the next one
        return;
      }
      ++crashes_;
      break;
    case What::restart_service:
      try {
        service_->stop();
        disk_.require_alive();
      } catch (const ServiceDied&) {
        ++crashes_inside_;
      }
      break;
  }
  service_.reset();
  disk_.process_gone();
  start();
}

bool Week::has_leftovers(const std::string& hive) const {
  const service::Hive* known = service_->table().find_hive(hive);
  return known && !known->profiles.empty();
}

void Week::everybody_leaves() {
  disk_.process_gone();
  now_ += 1min;
  service_->time_passes(now_);
  while (!programs_.empty()) {
    end(programs_.begin()->first);
  }
  for (std::uint32_t user = 0; user < kUsers + kServices; ++user) {
    const service::Caller caller = caller_of(user * kProgramsOfUser);
    running_.insert(caller.holder.key);
    constexpr int kEnough = 10;  // now and then a removal is forgotten, and told again by the next
    for (int i = 0; i < kEnough && has_leftovers(caller.holder.hive); ++i) {
      sweep(caller);
    }
    running_.erase(caller.holder.key);
    service_->process_ended(caller.holder.key, now_);
  }
  require(service_->table().empty(), "all programs have ended, and the service still knows " +
                                         std::to_string(service_->table().profile_count()) +
                                         " profiles");
}

bool Week::play(unsigned days) {
  start();
  for (std::uint32_t i = 0; i < kServices; ++i) {
    begin((kUsers + i) * kProgramsOfUser);
  }
  for (unsigned day = 0; day <= days; ++day) {
    plan_day(day * 24h);
  }
  const milliseconds first_hour = kMorning + 1h;
  const milliseconds last_hour = days * 24h + first_hour;
  std::uint64_t most_records = 0;
  std::size_t longest_file = 0;
  std::size_t memory_then = 0;
  std::size_t programs_then = 0;
  for (; plan_.top().at < last_hour; plan_.pop()) {
    if (memory_then == 0 && plan_.top().at >= first_hour) {
      memory_then = memory();
      programs_then = programs_.size();
    }
    happen(Due(plan_.top()));
    most_records = std::max(most_records, service_->journal().records());
    longest_file = std::max(longest_file, disk_.content.size());
  }
  const std::size_t memory_now = memory();
  std::cout << days << " days: " << logons_ << " programs, " << calls_ << " calls, " << removals_
            << " profiles deleted; " << starts_ << " starts of the service, after " << crashes_
            << " crashes between writes and " << crashes_inside_ << " inside a write\n"
            << "memory after the first hour " << memory_then / 1024 << " KiB with " << programs_then
            << " programs, after the week " << memory_now / 1024 << " KiB with " << programs_.size()
            << "; longest journal " << most_records << " records, " << longest_file / 1024
            << " KiB\n";
  require(static_cast<double>(memory_now) < kMostGrowth * static_cast<double>(memory_then),
          "memory has grown by more than a quarter");
  // journal.h: shortened when three quarters are history, but not below so many records.
  const std::uint64_t live = 4 * (kUsers * kProgramsOfUser + kServices);
  require(most_records <= std::max(service::Journal::kSmallJournal, 3 * live) + 2,
          "the journal is longer than three times what is alive");
  everybody_leaves();
  std::cout << "references lost " << (problems_ == 0 ? "0" : "(see above)") << ", profiles leaked "
            << service_->table().profile_count() << "\n";
  return problems_ == 0;
}

}  // namespace

int main(int count, char** arguments) {
  std::uint64_t seed = std::random_device{}() % 1'000'000'000;
  unsigned days = 7;
  CLI::App program("Plays a week of a terminal server with 1,000 users against the service.");
  program.add_option("--seed", seed, "the same seed is the same week");
  program.add_option("--days", days, "instead of seven")->capture_default_str();
  CLI11_PARSE(program, count, arguments);
  std::cout << "seed " << seed << std::endl;
  return Week(seed).play(days) ? 0 : 1;
}
