// What a busy machine asks for all the time must not ask the allocator for memory: an acquire, a
// release and a query, from their text to the text of their answers, journal included. A program of
// its own, since it counts every allocation that it makes.
#include <string>

#include "proto/answer_frame.h"
#include "proto/quick_request.h"
#include "service/journal.h"
#include "tests/history/allocated_bytes_posix.h"
#include "tests/service/terminal_server.h"

using namespace profile_broker;
using namespace profile_broker::service;

namespace {

// A disk that takes everything and keeps nothing.
class NoJournalFile final : public JournalFile {
 public:
  std::variant<std::string, FileTrouble> read_all() override { return std::string(); }
  std::optional<FileTrouble> append(std::string_view bytes) override {
    written += bytes.size();
    return std::nullopt;
  }
  std::optional<FileTrouble> begin_next() override { return std::nullopt; }
  std::optional<FileTrouble> append_to_next(std::string_view) override { return std::nullopt; }
  std::optional<FileTrouble> put_next_in_place() override { return std::nullopt; }
  void drop_next() noexcept override {}
  std::optional<FileTrouble> look() override { return std::nullopt; }
  std::variant<std::string, FileTrouble> keep_aside(std::string_view, std::string_view) override {
    return std::string();
  }

  std::size_t written = 0;
};

class NoLog final : public Log {
 public:
  void report(const LogEvent&) noexcept override {}
  void debug(std::string_view) noexcept override {}
};

class Machine {
 public:
  // True: it was answered with a result.
  bool ask(const Caller& who, std::string_view content) {
    auto request = read_quickly(content);
    if (!request) {
      return false;
    }
    const auto outcome = dispatcher_.handle({who, 1}, std::move(request->call), Moment{});
    out.clear();
    if (std::holds_alternative<Refusal>(outcome)) {
      return false;
    }
    return append_answer_frame(out, request->id, [&](JsonWriter& json) {
             if (const auto* result = std::get_if<Result>(&outcome)) {
               write_result(json, *result);
             } else {
               write_result(json, std::get<LiveProfile>(outcome));
             }
           }) > 0;
  }

  NoJournalFile file;
  TextBuffer out;

 private:
  NoLog log_;
  ReferenceTable table_;
  Journal journal_{file, table_, log_, [] { return JournalOpened{}; }};
  RememberingWatch watch_;
  EventFeed events_;
  unsigned last_uuid_ = 0;
  Dispatcher dispatcher_{{table_, journal_, watch_, events_,
                          [this] {
                            Uuid::Bytes bytes{};
                            bytes[0] = static_cast<std::uint8_t>(++last_uuid_);
                            bytes[1] = static_cast<std::uint8_t>(last_uuid_ >> 8);
                            return uuid_from_random(bytes);
                          },
                          [](result::Status&, const std::optional<std::string>&) {}},
                         {"1.2.3", numbered_uuid_text(1), WallTime{}},
                         {}};
};

std::string request(std::string_view method, const std::string& params) {
  return R"({"jsonrpc":"2.0","id":123456,"method":")" + std::string(method) + R"(","params":{)" +
         params + "}}";
}

}  // namespace

TEST_CASE("an acquire, a release and a query take no memory, once the service has begun") {
  const std::string name(kMaxProfileNameUnits, 'n');  // the longest name that is plain
  const std::string reference = R"("reference":")" + numbered_uuid_text(700) + '"';
  const auto profile = R"("profile":")" + name + '"';
  const auto acquire =
      request("reference/acquire", profile + "," + reference + R"(,"temporary":false)");
  const auto release = request("reference/release", reference);
  const auto query = request("profile/query", R"("profile":"Held")");
  const Caller program = caller("S-1-5-21-1004336348-1177238915-682003330-512", 4711);
  const Caller holder = caller("S-1-5-21-1004336348-1177238915-682003330-512", 4712);

  Machine machine;
  REQUIRE(machine.ask(holder, request("reference/acquire", R"("profile":"held")")));
  bool answered = true;
  const auto go_on = [&](int times) {
    for (int i = 0; i < times; ++i) {
      answered = answered && machine.ask(program, acquire) && machine.ask(program, release) &&
                 machine.ask(program, query);
    }
  };
  go_on(100);
  const auto before = history::allocations();
  const auto written = machine.file.written;
  go_on(1'000);
  CHECK(history::allocations() == before);
  CHECK(answered);
  CHECK(machine.file.written > written);
  CHECK(machine.out.view().find(R"("profile":"held","inUse":true)") != std::string_view::npos);
}
