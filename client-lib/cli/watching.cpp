// `watch` (commands.h): the service's events as a screen, which asks again for the profiles
// whenever something happened, or as lines. A screen outlives the service: it says that nobody
// answers and shows the profiles again when somebody does. A stream of lines ends with the service,
// so that its reader knows that events may be missing.
#include "client-lib/cli/account_name.h"
#include "client-lib/cli/commands.h"
#include "client-lib/cli/live_screen.h"
#include "client-lib/cli/terminal_hold.h"
#include "client-lib/cli/words.h"

#include <thread>

namespace profile_broker::client::cli {
namespace {

constexpr auto kTick = std::chrono::milliseconds(200);  // how soon a new size or Ctrl+C is noticed
constexpr auto kReconnectPause = std::chrono::seconds(1);
constexpr std::size_t kEventsKept = 500;  // more than any terminal has rows
constexpr std::size_t kEventsBetweenDrawings = 1'000;

Outcome<std::unique_ptr<Connection>> subscribe(const Endpoint& endpoint, bool all) {
  auto opened = Connection::open(endpoint, Clock::now() + kConnectDeadline + kCallDeadline);
  if (!opened) {
    return opened;
  }
  const auto subscribed = typed<result::Subscribe>(
      (*opened)->ask(call::Subscribe{all, std::nullopt}, Clock::now() + kCallDeadline));
  if (!subscribed) {
    return subscribed.failure();
  }
  return opened;
}

std::optional<Event> event_of(const ServiceNotification& notification) {
  return notification.method == kEventMethod ? read_event(notification.params) : std::nullopt;
}

class LiveWatch {
 public:
  LiveWatch(const Endpoint& endpoint, BrokerClient& client, bool all, const Console& console,
            std::unique_ptr<Connection> connection)
      : endpoint_(endpoint),
        client_(client),
        console_(console),
        connection_(std::move(connection)) {
    view_.all = all;
    console_.out(kEnterScreen);
  }
  ~LiveWatch() { console_.out(kLeaveScreen); }
  LiveWatch(const LiveWatch&) = delete;
  LiveWatch& operator=(const LiveWatch&) = delete;

  void run() {
    while (!hold_.ended()) {
      if (is_due_ && Clock::now() >= next_list_) {
        list();
      }
      draw();
      wait_for_events();
    }
  }

 private:
  void list() {
    const auto begun = Clock::now();
    auto answer = client_.ask<result::List>(call::List{view_.all, std::nullopt});
    if (answer) {
      view_.profiles = std::move(answer->profiles);
      view_.trouble.clear();
      is_due_ = false;
      for (const auto& report : view_.profiles) {
        if (view_.accounts.count(report.hive) == 0) {
          view_.accounts.emplace(report.hive, account_name(report.hive));
        }
      }
    } else {
      view_.trouble = "The profiles may be out of date: " + answer.failure().text;
    }
    // A long list must not keep the service busy: nine tenths of the time belong to others.
    next_list_ = Clock::now() + std::max<Clock::duration>(kTick, 9 * (Clock::now() - begun));
    changed_ = true;
  }

  void draw() {
    const auto size = console_.size();
    const bool resized = size.columns != drawn_.columns || size.rows != drawn_.rows;
    const auto now = std::chrono::floor<std::chrono::seconds>(present());
    if (!changed_ && !resized && now == std::chrono::floor<std::chrono::seconds>(view_.now)) {
      return;
    }
    view_.now = present();
    console_.out((resized ? "\x1b[2J" : "") +
                 drawing(live_lines(view_, size, Paint(console_.has_colours))));
    drawn_ = size;
    changed_ = false;
  }

  void wait_for_events() {
    if (!connection_) {
      std::this_thread::sleep_for(kTick);
      reconnect();
      return;
    }
    auto until = Clock::now() + kTick;
    for (std::size_t taken = 0; taken < kEventsBetweenDrawings; ++taken) {
      const auto notification = connection_->next_notification(until);
      if (!notification) {
        if (!connection_->usable()) {
          view_.trouble = "The events have ended: " + notification.failure().text;
          changed_ = true;
          connection_.reset();
          next_connect_ = Clock::now() + kReconnectPause;
        }
        return;
      }
      if (auto event = event_of(*notification)) {
        view_.events.push_back(std::move(*event));
        if (view_.events.size() > kEventsKept) {
          view_.events.pop_front();
        }
        is_due_ = changed_ = true;
      }
      until = Clock::now();  // what has come already
    }
  }

  void reconnect() {
    if (Clock::now() < next_connect_) {
      return;
    }
    auto opened = subscribe(endpoint_, view_.all);
    if (opened) {
      connection_ = std::move(*opened);
      is_due_ = true;
    } else {
      view_.trouble = "The profiles are out of date: " + opened.failure().text;
      changed_ = true;
      next_connect_ = Clock::now() + kReconnectPause;
    }
  }

  const TerminalHold hold_;
  const Endpoint& endpoint_;
  BrokerClient& client_;
  const Console& console_;
  std::unique_ptr<Connection> connection_;  // null while nobody answers
  LiveView view_;
  ScreenSize drawn_{0, 0};
  bool changed_ = true;  // since it was drawn
  bool is_due_ = true;   // the list is older than the newest event
  Clock::time_point next_list_;
  Clock::time_point next_connect_;
};

}  // namespace

int Commands::watch(bool all, std::uint64_t count) {
  return console_.is_terminal && !json_ && count == 0 ? watch_live(all) : watch_lines(all, count);
}

int Commands::watch_live(bool all) {
  auto opened = subscribe(endpoint_, all);
  if (!opened) {
    return fail("events cannot be watched", opened.failure());
  }
  LiveWatch(endpoint_, client_, all, console_, std::move(*opened)).run();
  return kOk;
}

int Commands::watch_lines(bool all, std::uint64_t count) {
  auto opened = subscribe(endpoint_, all);
  if (!opened) {
    return fail("events cannot be watched", opened.failure());
  }
  const bool for_people = console_.is_terminal && !json_;
  if (for_people) {
    console_.error("Watching the profiles of " +
                   std::string(all ? "all accounts" : "this account") + "; Ctrl+C ends it.\n");
  }
  auto& connection = **opened;
  for (std::uint64_t shown = 0; count == 0 || shown < count;) {
    const auto notification = connection.next_notification(Clock::now() + std::chrono::hours(1));
    if (!notification) {
      if (connection.usable()) {
        continue;  // an hour in which nothing happened
      }
      return fail("the events have ended", notification.failure());
    }
    if (const auto event = event_of(*notification)) {
      console_.out(for_people ? paint_(ink_of(event->kind), event_text(*event))
                              : params_of(*event).dump() + "\n");
      ++shown;
    }
  }
  return kOk;
}

}  // namespace profile_broker::client::cli
