// The tool's words and exit codes, against the real service.
#include <filesystem>
#include <iterator>
#include <sstream>
#include <thread>

#include "client-lib/broker_client.h"
#include "tests/client-lib/eventually.h"
#include "tests/client-lib/holder_process_posix.h"
#include "tests/client-lib/names.h"
#include "tests/client-lib/ran_tool_posix.h"
#include "tests/support/catch.h"

namespace profile_broker::client {
namespace {

// Somebody who uses 'Mail Gateway'.
struct Holder {
  BrokerClient client;
  explicit Holder(const ServiceProcess& service)
      : client(endpoint_at(service.address()), HiveMarks(service.file("holder's marks"))) {
    Ledger::Handle handle = 0;
    REQUIRE(client.acquire(name("Mail Gateway"), false, handle).result == hresult::kOk);
  }
};

const std::string kOwnProcess = std::to_string(::getpid());

}  // namespace

TEST_CASE("the tool shows who uses a profile, to people and to programs") {
  ServiceProcess service;
  const Holder holder(service);
  SECTION("list") {
    const auto ran = run(service, {"list"});
    CHECK(ran.code == cli::kOk);
    CHECK(ran.says("Mail Gateway"));
    CHECK(ran.says("in use"));
    CHECK(ran.says("process " + kOwnProcess));
    CHECK(run(service, {"list", "--json"}).json()["profiles"][0]["profile"] == "Mail Gateway");
  }
  SECTION("query, in any spelling") {
    const auto ran = run(service, {"query", "MAIL gateway"});
    CHECK(ran.code == cli::kInUse);
    CHECK(ran.says("Profile 'Mail Gateway' is in use: 1 reference of"));
    CHECK(run(service, {"query", "MAIL gateway", "--json"}).json()["references"] == 1);
  }
  SECTION("query of a profile that nobody uses") {
    const auto ran = run(service, {"query", "Other"});
    CHECK(ran.code == cli::kOk);
    CHECK(ran.says("Profile 'Other' is not in use."));
  }
  SECTION("holders") {
    const auto ran = run(service, {"holders", "Mail Gateway"});
    CHECK(ran.code == cli::kOk);
    CHECK(ran.says(kOwnProcess));
    const auto json = run(service, {"holders", "Mail Gateway", "--json"}).json();
    CHECK(json["holders"][0]["process"] == ::getpid());
    CHECK(run(service, {"holders", "Other"}).says("No process uses profile 'Other'."));
  }
  SECTION("status") {
    const auto ran = run(service, {"status"});
    CHECK(ran.code == cli::kOk);
    CHECK(ran.says(service.address()));
    CHECK(ran.says("ready"));
    const auto json = run(service, {"status", "--json"}).json();
    CHECK(json["counts"]["references"] == 1);
    CHECK(json["endpoint"] == service.address());
  }
}

TEST_CASE("delete of a profile in use names its users, and undelete takes it back") {
  ServiceProcess service;
  const Holder holder(service);
  const auto ran = run(service, {"delete", "Mail Gateway"});
  CHECK(ran.code == cli::kInUse);
  CHECK(ran.says("marked for deletion"));
  CHECK(ran.says("process " + kOwnProcess));
  CHECK(run(service, {"delete", "Mail Gateway", "--json"}).json()["deferred"] == true);
  CHECK(run(service, {"list"}).says("deletion waits"));
  CHECK(run(service, {"sweep"}).says("Kept     'Mail Gateway': in use"));
  CHECK(run(service, {"sweep", "--json"}).json()["kept"][0]["reason"] == "inUse");
  CHECK(run(service, {"undelete", "Mail Gateway"}).code == cli::kOk);
  CHECK_FALSE(run(service, {"list"}).says("deletion waits"));
}

TEST_CASE(
    "a deletion that hangs is shown with its age and the process to end, which frees the profile") {
  ServiceProcess service;
  HolderProcess holder(service.address(), service.file("holder's marks"));
  REQUIRE(holder.acquire() == hresult::kOk);
  CHECK(run(service, {"status", "--json"}).json()["oldestClaim"].is_null());
  holder.hang_while_deleting();
  const auto process = "(process " + std::to_string(holder.pid()) + ", session ";

  const auto status = run(service, {"status"});
  CHECK(status.says("1 under way; the oldest: 'Mail Gateway' of account "));
  CHECK(status.says(process));
  CHECK(status.says(" UTC"));
  const auto oldest = run(service, {"status", "--json"}).json()["oldestClaim"];
  CHECK(oldest["profile"] == "Mail Gateway");
  CHECK(oldest["hive"] == std::to_string(::getuid()));
  CHECK(oldest["process"] == holder.pid());
  CHECK(oldest["session"] == ::getsid(holder.pid()));
  CHECK_FALSE(oldest["image"].get<std::string>().empty());
  CHECK(timestamp_from_text(oldest["since"].get<std::string>()));

  const auto list = run(service, {"list"});
  CHECK(list.says("being deleted by "));
  CHECK(list.says(process));
  auto remover = oldest;
  remover.erase("hive");
  remover.erase("profile");
  CHECK(run(service, {"list", "--json"}).json()["profiles"][0]["remover"] == remover);
  CHECK(run(service, {"holders", "Mail Gateway", "--json"}).json()["remover"] == remover);
  CHECK(run(service, {"holders", "Mail Gateway"}).says(process));
  const auto query = run(service, {"query", "Mail Gateway"});
  CHECK(query.code == cli::kInUse);
  CHECK(query.says(process));

  holder.kill();
  CHECK(eventually([&] { return run(service, {"query", "Mail Gateway"}).code == cli::kOk; }));
  CHECK(run(service, {"status", "--json"}).json()["oldestClaim"].is_null());
  CHECK(run(service, {"list", "--json"}).json()["profiles"][0]["remover"].is_null());
}

TEST_CASE("where there is no MAPI the tool says so and the profile stays marked") {
  ServiceProcess service;
  const auto ran = run(service, {"delete", "Left over"});
  CHECK(ran.code == cli::kFailed);
  CHECK(ran.says("no MAPI"));
  CHECK(ran.says("stays marked"));
  const auto sweep = run(service, {"sweep"});
  CHECK(sweep.code == cli::kFailed);
  CHECK(sweep.says("'Left over' is left over and could not be deleted: there is no MAPI"));
  CHECK(run(service, {"undelete", "Left over"}).code == cli::kOk);
  CHECK(run(service, {"sweep"}).says("Nothing is left over."));
}

TEST_CASE("without a service every command says so with an exit code of its own") {
  ServiceProcess service(0, false);
  for (const auto* command : {"status", "list", "sweep", "watch"}) {
    DYNAMIC_SECTION(command) {
      const auto ran = run(service, {command});
      CHECK(ran.code == cli::kNoService);
      CHECK(ran.error.find("not installed") != std::string::npos);
      CHECK(ran.out.empty());
      CHECK(run(service, {command, "--json"}).json()["error"]["hresult"] == "0x8004011C");
    }
  }
  for (const auto* command : {"query", "holders", "undelete"}) {
    DYNAMIC_SECTION(command) {
      const auto ran = run(service, {command, "Mail Gateway"});
      CHECK(ran.code == cli::kNoService);
      CHECK(ran.says("'Mail Gateway'"));
    }
  }
  SECTION("delete marks the profile") {
    const auto ran = run(service, {"delete", "Mail Gateway"});
    CHECK(ran.code == cli::kNoService);
    CHECK(ran.says("marked for deletion, not deleted"));
  }
}

TEST_CASE("a wrong command line is told from a failure") {
  ServiceProcess service(0, false);
  CHECK(run(service, {}).code == cli::kUsage);
  CHECK(run(service, {"destroy"}).code == cli::kUsage);
  CHECK(
      run(service, {"destroy"}).error ==
      "profile-broker: 'destroy' is no command\n'profile-broker --help' says what can be typed.\n");
  CHECK(run(service, {"mapi", "destroy"}).says("'profile-broker mapi --help' says"));
  CHECK(run(service, {}).says("a command is missing"));
  CHECK(run(service, {"query"}).code == cli::kUsage);
  CHECK(run(service, {"list", "--frobnicate"}).code == cli::kUsage);
  for (const auto* count : {"0", "-1", "many", "1.5"}) {
    const auto ran = run(service, {"watch", "--count", count});
    CHECK(ran.code == cli::kUsage);
    CHECK(ran.says("is not a number from 1 on"));
  }
  const auto name = run(service, {"query", "a\\b"});
  CHECK(name.code == cli::kUsage);
  CHECK(name.says("backslash"));
  const auto endpoint = run(service, {"--endpoint", std::string(200, 'x'), "list"});
  CHECK(endpoint.code == cli::kUsage);
  CHECK(run(service, {"--version"}).out == "profile-broker " PROFILE_BROKER_VERSION "\n");
}

TEST_CASE("every command's help shows usage, options and examples in eighty columns") {
  ServiceProcess service(0, false);
  const auto whole = run(service, {"--help"});
  CHECK(whole.says("\nUsage: profile-broker COMMAND\n"));
  CHECK(whole.says("\nExit codes:\n"));
  for (const auto* command :
       {"status", "doctor", "list", "query", "holders", "delete", "undelete", "sweep", "watch",
        "mapi", "mapi enable", "mapi disable", "mapi list"}) {
    INFO(command);
    std::istringstream words(command);
    std::vector<std::string> arguments{std::istream_iterator<std::string>(words), {}};
    arguments.emplace_back("--help");
    const auto help = run(service, arguments);
    CHECK(help.code == cli::kOk);
    CHECK(help.says(std::string("\nUsage: profile-broker ") + command));
    CHECK(help.says(std::string("Examples:\n  profile-broker ") + command));
    CHECK(help.says("\nOptions:\n  -h, --help "));
    CHECK(help.says("\nOptions of every command:\n  --json "));
    for (const auto* raw : {"TEXT", "UINT", "REQUIRED", "[OPTIONS]", "Option Group"}) {
      CHECK_FALSE(help.says(raw));
    }
    std::istringstream lines(help.out);
    for (std::string line; std::getline(lines, line);) {
      CHECK(line.size() <= 80);
    }
  }
}

TEST_CASE("watch shows events as they happen and tells when the service ends") {
  ServiceProcess service;
  std::mutex guard;
  std::string out;
  std::string error;
  const auto seen = [&](std::string_view text) {
    const std::lock_guard lock(guard);
    return out.find(text) != std::string::npos;
  };
  std::atomic<int> code = -1;
  std::thread watcher([&] {
    code = cli::run({"--endpoint", service.address(), "watch", "--json"},
                    {[&](std::string_view text) {
                       const std::lock_guard lock(guard);
                       out += text;
                     },
                     [&](std::string_view text) {
                       const std::lock_guard lock(guard);
                       error += text;
                     }});
  });
  CHECK(eventually([&] {
    Holder holder(service);  // until the subscription is in force
    return seen("\"event\":\"acquired\"");
  }));
  service.kill();
  watcher.join();
  CHECK(code == cli::kNoService);
  CHECK(error.find("the events have ended") != std::string::npos);
  const auto first_line = OrderedJson::parse(out.substr(0, out.find('\n')));
  CHECK(first_line.contains("sequence"));
}

TEST_CASE("watch ends after as many events as it was asked for") {
  ServiceProcess service;
  Ran ran;
  std::thread watcher([&] { ran = run(service, {"watch", "--count", "2"}); });
  std::atomic<bool> done = false;
  std::thread user([&] {
    while (!done) {
      Holder holder(service);
    }
  });
  watcher.join();
  done = true;
  user.join();
  CHECK(ran.code == cli::kOk);
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 2);
  const auto first = OrderedJson::parse(ran.out.substr(0, ran.out.find('\n')));
  CHECK(first["profile"] == "Mail Gateway");
  CHECK(first["process"] == ::getpid());
}

}  // namespace profile_broker::client
