// What `doctor` finds, against the real service and against what is not the service.
#include "client-lib/cli/doctor.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "client-lib/broker_client.h"
#include "tests/client-lib/frame_server_posix.h"
#include "tests/client-lib/names.h"
#include "tests/client-lib/ran_tool_posix.h"
#include "tests/support/catch.h"

namespace profile_broker::client {
namespace {

using cli::Finding;
using cli::Verdict;

const Finding* find(const std::vector<Finding>& findings, std::string_view check) {
  const auto found = std::find_if(findings.begin(), findings.end(),
                                  [&](const Finding& finding) { return finding.check == check; });
  return found == findings.end() ? nullptr : &*found;
}

// Every finding that is not OK has something to do.
bool advises(const std::vector<Finding>& findings) {
  return std::all_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.verdict == Verdict::ok || !finding.advice.empty();
  });
}

}  // namespace

TEST_CASE("doctor finds nothing wrong with a healthy service, and leaves nothing behind") {
  ServiceProcess service;
  const auto ran = run(service, {"doctor"});
  CHECK(ran.code == cli::kOk);
  CHECK(ran.says("OK  acquire and release"));
  CHECK(ran.says("0 problems, 0 warnings."));
  const auto json = run(service, {"doctor", "--json"}).json();
  CHECK(json["healthy"] == true);
  for (const auto& finding : json["findings"]) {
    CHECK(finding["verdict"] == "ok");
  }
  CHECK(run(service, {"list", "--json"}).json()["profiles"].empty());
}

TEST_CASE("doctor says that no service answers, and how to start it") {
  ServiceProcess service(0, false);
  const auto ran = run(service, {"doctor"});
  CHECK(ran.code == cli::kFailed);
  CHECK(ran.says("PROBLEM  endpoint"));
  CHECK(ran.says("mapi-profile-broker --state DIR"));
  CHECK(run(service, {"doctor", "--json"}).json()["healthy"] == false);
  SECTION("also when something else is at its place") {
    std::ofstream(service.address()) << "no socket";
    CHECK(run(service, {"doctor"}).says("is no socket"));
  }
}

TEST_CASE("doctor tells a squatter's socket from the service's, and says nothing to it") {
  ScratchFolder folder;
  FrameServer squatter(folder.file("socket"), [](const Request& request) {
    return Reply::result(request, plain_hello());
  });
  auto endpoint = endpoint_at(squatter.address());
  endpoint.trusted_owners = {"4242"};  // anybody but who made it
  const auto findings = cli::examine(endpoint);
  CHECK_FALSE(cli::is_healthy(findings));
  CHECK(advises(findings));
  REQUIRE(find(findings, "endpoint"));
  CHECK(find(findings, "endpoint")->found.find("it is not the service's") != std::string::npos);
  REQUIRE(find(findings, "answer"));
  CHECK(find(findings, "answer")->verdict == Verdict::problem);
  CHECK(squatter.bytes_received() == 0);
}

TEST_CASE("doctor warns of a socket that everybody can replace") {
  ServiceProcess service;
  const auto folder = std::filesystem::path(service.address()).parent_path();
  REQUIRE(::chmod(folder.c_str(), 0777) == 0);
  const auto findings = cli::examine(endpoint_at(service.address()));
  CHECK(cli::is_healthy(findings));
  REQUIRE(find(findings, "endpoint"));
  CHECK(find(findings, "endpoint")->verdict == Verdict::warning);
}

TEST_CASE("doctor says what the service tells of its journal, version and deletions") {
  ScratchFolder folder;
  result::Status status;
  status.journal_writable = true;
  auto hello = plain_hello();
  hello.version = "9.9.9";
  const auto examined = [&] {
    FrameServer server(folder.file("socket"), [&](const Request& request) {
      return request.method == "broker/hello"    ? Reply::result(request, hello)
             : request.method == "broker/status" ? Reply::result(request, status)
             : request.method == "profile/list"  ? Reply::result(request, result::List{})
                                                 : Reply::refusal(request, Reason::quota_exceeded);
    });
    auto findings = cli::examine(endpoint_at(server.address()));
    std::filesystem::remove(server.address());
    return findings;
  };
  SECTION("a service of another version, which refuses a reference") {
    const auto findings = examined();
    CHECK(advises(findings));
    CHECK(find(findings, "answer")->verdict == Verdict::warning);
    CHECK(find(findings, "acquire and release")->verdict == Verdict::problem);
    CHECK(find(findings, "acquire and release")->advice.find("limit") != std::string::npos);
  }
  SECTION("a journal that cannot be written") {
    status.journal_writable = false;
    status.journal_error = "No space left on device";
    const auto findings = examined();
    CHECK(advises(findings));
    CHECK(find(findings, "journal")->verdict == Verdict::problem);
    CHECK(find(findings, "journal")->found.find("No space left") != std::string::npos);
  }
  SECTION("damaged lines, a recovery, and a deletion that hangs") {
    status.journal_damaged_lines = 2;
    status.recovering = true;
    status.claims = 1;
    status.oldest_claim = {"S-1-5-21-7", "Fax", {4711, 3, "fax.exe", WallTime()}};
    const auto findings = examined();
    CHECK(advises(findings));
    for (const auto* check : {"journal", "state", "deletions"}) {
      CHECK(find(findings, check)->verdict == Verdict::warning);
    }
    CHECK(find(findings, "deletions")->advice.find("process 4711") != std::string::npos);
  }
}

TEST_CASE("doctor names leftovers and what deletes them") {
  ServiceProcess service;
  run(service, {"delete", "Left over"});  // there is no MAPI here, so it stays marked
  const auto ran = run(service, {"doctor"});
  CHECK(ran.code == cli::kOk);
  CHECK(ran.says("1 profile of this account is left over"));
  CHECK(ran.says("'profile-broker sweep' deletes them"));
}

TEST_CASE("findings are wrapped on a terminal and colourless in a file") {
  const std::vector<Finding> findings = {
      {"journal", Verdict::problem, "one two three four five six seven", "do this", {"note"}}};
  CHECK(cli::findings_text(findings, 0, cli::Paint()) ==
        "PROBLEM  journal  one two three four five six seven.\n"
        "                  To do: do this.\n"
        "                  Note: note.\n"
        "\n1 problem, 0 warnings.\n");
  const auto narrow = cli::findings_text(findings, 40, cli::Paint(true));
  CHECK(narrow.find("\x1b[1;31mPROBLEM\x1b[0m") == 0);
  CHECK(narrow.find("one two three four\n                  five six seven.\n") !=
        std::string::npos);
}

}  // namespace profile_broker::client
