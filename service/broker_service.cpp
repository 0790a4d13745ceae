// Putting the parts together, recovery, and the end (broker_service.h).
#include "service/broker_service.h"

#include <algorithm>
#include <array>
#include <bit>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>
#include <utility>

#include "proto/uuid.h"
#include "service/claim_watch.h"
#include "service/event_loop.h"
#include "service/hive_watch.h"
#include "service/journal.h"
#include "service/loaded_hives.h"
#include "service/log_limiter.h"
#include "service/random_bytes.h"
#include "service/recovery.h"
#include "service/retry_pace.h"
#include "service/server.h"

namespace profile_broker::service {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto kUpkeepInterval = 1s;
constexpr unsigned kUpkeepsBetweenLooks = 10;
constexpr auto kPauseAfterFailure = 100ms;

Uuid random_uuid() {
  std::array<std::uint8_t, 16> bytes;
  fill_randomly(bytes);
  return uuid_from_random(bytes);
}

// So that nobody can choose names and references that collide.
std::uint64_t random_seed() {
  std::array<std::uint8_t, sizeof(std::uint64_t)> bytes;
  fill_randomly(bytes);
  return std::bit_cast<std::uint64_t>(bytes);
}

WallTime wall_now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace

class BrokerService::Parts {
 public:
  Parts(const Options& options, Log& log)
      : options_(options),
        log_(log),
        facts_{PROFILE_BROKER_VERSION, text_of(random_uuid()), wall_now()},
        recovery_timer_(context_),
        upkeep_timer_(context_) {}

  std::optional<StartFailure> start();
  void run();
  void stop();

  asio::any_io_executor executor() { return context_.get_executor(); }
  // From any thread.
  template <typename Work>
  void post(Work work) {
    asio::post(context_, std::move(work));
    wake_event_loop(context_.get_executor());
  }

  void apply_limits(const ServiceLimits& limits) {
    options_.limits = limits;
    if (server_) {
      server_->set_limits(limits);
      dispatcher_->set_limits(limits);
    }
  }

 private:
  std::optional<StartFailure> open_journal();
  enum class Found { running, ended, may_run };
  Found look_for(const ProcessKey& holder);
  // Returns the holders that have ended.
  std::vector<ProcessKey> recover_from(const Replayed& replayed);
  void begin_recovery_time();
  void pin_the_rest();
  void keep_up();
  void look_around();
  void retry_journal();
  void tell_of_journal();
  void add_status(result::Status& status, const std::optional<std::string>& user) const;

  EventLoop loop_;
  asio::io_context& context_ = loop_.context();  // other threads post to it
  Options options_;
  LogLimiter log_;
  ServiceFacts facts_;
  std::unique_ptr<JournalFile> file_;
  ReferenceTable table_{random_seed()};
  EventFeed events_;
  ProcessWatch processes_{[this](const ProcessKey& process) { server_->process_ended(process); }};
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<Server> server_;
  asio::steady_timer recovery_timer_;
  asio::steady_timer upkeep_timer_;
  bool upkeep_waits_ = false;
  unsigned upkeeps_ = 0;
  ClaimWatch claim_watch_;
  HiveWatch hive_watch_;
  bool journal_failed_ = false;  // and subscribers know
  RetryPace retry_pace_;
  std::vector<ProcessKey> unpinned_;  // holders from the journal that may run and are not watched
  bool stopped_ = false;
};

std::optional<StartFailure> BrokerService::Parts::open_journal() {
  const std::string folder =
      options_.state_folder.empty() ? default_state_folder() : options_.state_folder;
  auto opened = open_journal_file(folder);
  if (auto* failure = std::get_if<StartFailure>(&opened)) {
    return std::move(*failure);
  }
  file_ = std::get<std::unique_ptr<JournalFile>>(std::move(opened));
  journal_ = std::make_unique<Journal>(*file_, table_, log_, [this] {
    return JournalOpened{1, facts_.version, facts_.instance, boot_identity(), wall_now()};
  });
  return std::nullopt;
}

std::optional<StartFailure> BrokerService::Parts::start() {
  if (auto failure = open_journal()) {
    return failure;
  }
  auto replayed = journal_->replay_into(table_);
  if (const auto* trouble = std::get_if<FileTrouble>(&replayed)) {
    return StartFailure{ExitCode::journal_unreadable, trouble->text};
  }
  dispatcher_ = std::make_unique<Dispatcher>(
      Dispatcher::Surroundings{
          table_, *journal_, processes_, events_, random_uuid,
          [this](result::Status& status, const std::optional<std::string>& user) {
            add_status(status, user);
          },
          [this](const LogEvent& event) { log_.report(event); }},
      facts_, options_.limits);
  server_ = std::make_unique<Server>(context_.get_executor(), *dispatcher_, processes_, events_,
                                     log_, options_.limits);

  const std::string endpoint = options_.endpoint.empty() ? default_endpoint() : options_.endpoint;
  auto listener = listen_on(context_.get_executor(), endpoint);
  if (auto* failure = std::get_if<StartFailure>(&listener)) {
    file_->discard_if_empty();
    return std::move(*failure);
  }
  // Trouble is logged; it protects what it knows and tries again.
  journal_->begin_run(recover_from(std::get<Replayed>(replayed)));
  keep_up();
  server_->serve(std::get<std::unique_ptr<Listener>>(std::move(listener)));
  log_.report(log_event<LogEventId::started>(facts_.version, endpoint, facts_.instance));
  return std::nullopt;
}

std::vector<ProcessKey> BrokerService::Parts::recover_from(const Replayed& replayed) {
  Recovery recovery = recover(table_, replayed, [this](const ProcessKey& key) {
    const Found found = look_for(key);
    if (found == Found::may_run) {
      unpinned_.push_back(key);
    } else if (found == Found::ended) {
      if (const Process* lost = table_.find_process(key)) {
        dispatcher_->note_lost_holder(*lost);
      }
    }
    return found != Found::ended;
  });
  if (replayed.nothing) {
    return {};
  }
  log_.report(log_event<LogEventId::recovered>(table_.reference_count(), recovery.processes_alive,
                                               recovery.references_ended, recovery.ended.size()));
  if (!unpinned_.empty()) {
    log_.report(log_event<LogEventId::holders_unwatched>(unpinned_.size()));
  }
  if (recovery.needs_time) {
    begin_recovery_time();
  }
  return std::move(recovery.ended);
}

void BrokerService::Parts::begin_recovery_time() {
  if (options_.limits.recovery_time.count() == 0) {
    return;
  }
  dispatcher_->set_recovering(true);
  log_.report(log_event<LogEventId::recovery_began>(options_.limits.recovery_time.count()));
  recovery_timer_.expires_after(options_.limits.recovery_time);
  recovery_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) {
      dispatcher_->set_recovering(false);
      log_.report(log_event<LogEventId::recovery_ended>());
    }
  });
}

// A holder from the journal, watched from now on if it runs.
BrokerService::Parts::Found BrokerService::Parts::look_for(const ProcessKey& holder) {
  bool may_run = false;
  auto pin = pin_process(context_.get_executor(), holder.pid, may_run);
  if (!pin) {
    return may_run ? Found::may_run : Found::ended;
  }
  if (pin->key() != holder) {
    return Found::ended;
  }
  processes_.adopt(std::move(pin));
  return Found::running;
}

// In doubt a holder runs: only one that has certainly ended loses its references.
void BrokerService::Parts::pin_the_rest() {
  std::erase_if(unpinned_, [this](const ProcessKey& holder) {
    const Found found = look_for(holder);
    if (found == Found::ended) {
      server_->process_ended(holder);
    }
    return found != Found::may_run;
  });
}

void BrokerService::Parts::keep_up() {
  if (upkeep_waits_) {
    return;
  }
  upkeep_timer_.expires_after(kUpkeepInterval);
  upkeep_timer_.async_wait([this](const boost::system::error_code& error) {
    upkeep_waits_ = false;
    if (!error) {
      pin_the_rest();
      journal_->look();
      tell_of_journal();
      retry_journal();
      tell_of_journal();
      if (++upkeeps_ % kUpkeepsBetweenLooks == 0) {
        look_around();
      }
      server_->resume();  // had memory run out, accepting may have ended without a word
      keep_up();
    }
  });
  upkeep_waits_ = true;
}

void BrokerService::Parts::look_around() {
  claim_watch_.check(table_, server_->moment_of(std::chrono::steady_clock::now()).up, log_);
  if (table_.reference_count() > 0) {
    if (const auto loaded = loaded_hives()) {
      hive_watch_.check(table_, *loaded, log_);
    }
  }
  log_.flush();
}

// A large table takes a while to write, and nobody is served meanwhile: then it is tried less
// often.
void BrokerService::Parts::retry_journal() {
  const auto began = RetryPace::Clock::now();
  if (journal_->writable() || !retry_pace_.is_due(began)) {
    return;
  }
  journal_->retry();
  retry_pace_.tried(began, RetryPace::Clock::now());
}

// Trouble is noticed wherever a record is written, and by a look, but mended by retry() alone, so
// looking on both sides of that misses nothing.
void BrokerService::Parts::tell_of_journal() {
  if (journal_failed_ == !journal_->writable()) {
    return;
  }
  journal_failed_ = !journal_failed_;
  events_.publish_to_all({0,
                          wall_now(),
                          journal_failed_ ? EventKind::journal_failed : EventKind::journal_restored,
                          {},
                          {},
                          {},
                          {},
                          {}});
}

void BrokerService::Parts::add_status(result::Status& status,
                                      const std::optional<std::string>& user) const {
  status.connections = server_->connection_count(user);
  status.journal_writable = journal_->writable();
  status.journal_error = journal_->error();
  status.journal_bytes = journal_->bytes();
  status.journal_records = journal_->records();
  status.journal_damaged_lines = journal_->damaged_lines();
}

void BrokerService::Parts::run() {
  // What runs out of memory here was no connection's: those end by themselves. The service goes on.
  for (bool more = true; more;) {
    try {
      if (!stopped_) {
        server_->resume();
        keep_up();
      }
      loop_.run();
      more = false;
    } catch (const std::exception& error) {
      log_.debug(error.what());
      std::this_thread::sleep_for(kPauseAfterFailure);
    }
  }
  log_.report(log_event<LogEventId::stopped>());
}

void BrokerService::Parts::stop() {
  if (std::exchange(stopped_, true)) {
    return;
  }
  if (dispatcher_) {
    dispatcher_->set_stopping();
    server_->stop();
    close_journal(*journal_, dispatcher_->recovering(), wall_now());
  }
  context_.stop();
}

BrokerService::BrokerService(const Options& options, Log& log)
    : parts_(std::make_unique<Parts>(options, log)) {}
BrokerService::~BrokerService() = default;

std::optional<StartFailure> BrokerService::start() {
  return parts_->start();
}
void BrokerService::run() {
  parts_->run();
}

void BrokerService::stop() {
  parts_->post([parts = parts_.get()] { parts->stop(); });
}

asio::any_io_executor BrokerService::executor() {
  return parts_->executor();
}

void BrokerService::apply_limits(const ServiceLimits& limits) {
  parts_->post([parts = parts_.get(), limits] { parts->apply_limits(limits); });
}

}  // namespace profile_broker::service
