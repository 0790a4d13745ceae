// docs/cli.md against what the tool writes: every member stands on the page, and every member on
// the page is written.
#include <atomic>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <thread>

#include "client-lib/broker_client.h"
#include "tests/client-lib/holder_process_posix.h"
#include "tests/client-lib/names.h"
#include "tests/client-lib/ran_tool_posix.h"
#include "tests/support/catch.h"

namespace profile_broker::client {
namespace {

using Members = std::set<std::string>;

// The tables behind <!-- json: NAME -->, by name.
std::map<std::string, Members> documented_members() {
  static const std::regex kTable("<!-- json: (.*) -->");
  static const std::regex kMember(R"(\| `([A-Za-z0-9.\[\]]+)` \|.*)");
  std::map<std::string, Members> tables;
  std::ifstream page(PROFILE_BROKER_CLI_PAGE);
  std::string table;
  std::smatch match;
  for (std::string line; std::getline(page, line);) {
    if (std::regex_match(line, match, kTable)) {
      table = match[1];
    } else if (line.empty()) {
      table.clear();
    } else if (!table.empty() && std::regex_match(line, match, kMember)) {
      CHECK(tables[table].insert(match[1]).second);
    }
  }
  return tables;
}

// "counts.references", "profiles[].profile". Objects count by their members, unless they can be
// null.
void add_members(const OrderedJson& json, const std::string& path, Members& members) {
  if (json.is_object()) {
    for (const auto& [key, value] : json.items()) {
      add_members(value, path.empty() ? key : path + "." + key, members);
    }
  } else if (json.is_array() && !json.empty() && json[0].is_object()) {
    for (const auto& element : json) {
      add_members(element, path + "[]", members);
    }
  } else {
    members.insert(path);
  }
}

}  // namespace

TEST_CASE("docs/cli.md names the members of every command's JSON, no more and no fewer") {
  ServiceProcess service;
  HolderProcess hanging(service.address(), service.file("holder's marks"));
  REQUIRE(hanging.acquire() == hresult::kOk);
  hanging.hang_while_deleting();  // "Mail Gateway" is being deleted
  BrokerClient client(endpoint_at(service.address()), HiveMarks(service.file("user's marks")));
  Ledger::Handle handle = 0;
  REQUIRE(client.acquire(name("Used"), false, handle).result == hresult::kOk);

  std::map<std::string, Members> written;
  const auto add = [&](const std::string& table, std::vector<std::string> command) {
    command.emplace_back("--json");
    const auto ran = run(service, command);
    INFO(ran.out);
    add_members(ran.json(), "", written[table]);
  };
  add("error", {"undelete", "Mail Gateway"});
  add("status", {"status"});
  add("doctor", {"doctor"});
  add("list", {"list"});
  for (const auto* command : {"query", "holders"}) {
    add(command, {command, "Used"});
    add(command, {command, "Mail Gateway"});
  }
  add("delete", {"delete", "Used"});
  add("sweep", {"sweep"});
  run(service, {"delete", "Left over"});
  add("sweep", {"sweep"});
  add("undelete", {"undelete", "Left over"});
  add("mapi list", {"mapi", "list"});
  add("mapi enable, mapi disable", {"mapi", "enable", "GATEWAY.EXE"});

  Ran watched;
  std::thread watcher([&] { watched = run(service, {"watch", "--count", "1"}); });
  std::atomic<bool> done = false;
  std::thread user([&] {
    while (!done) {
      Ledger::Handle used = 0;
      client.acquire(name("Watched"), false, used);
      client.release(used);
    }
  });
  watcher.join();
  done = true;
  user.join();
  add_members(watched.json(), "", written["watch"]);

  auto documented = documented_members();
  REQUIRE(documented.size() == written.size());
  for (auto& [table, members] : written) {
    INFO(table);
    if (table == "mapi list") {  // there is none here to list
      for (const auto* list : {"programs", "clients"}) {
        CHECK(members.erase(list) == 1);
      }
      CHECK(documented[table].count("programs[].program") == 1);
      std::erase_if(documented[table],
                    [](const auto& member) { return member.find("[]") != std::string::npos; });
    }
    // Of an object or list that may also be null or empty, that itself stands on the page or not.
    for (const auto* maybe : {"oldestClaim", "remover", "profiles[].remover"}) {
      if (documented[table].count(maybe) == 1) {
        members.insert(maybe);
      }
    }
    for (const auto* maybe : {"holders", "profiles[].holders", "kept", "failed"}) {
      members.erase(maybe);
    }
    CHECK(documented[table] == members);
  }
}

}  // namespace profile_broker::client
