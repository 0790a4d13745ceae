#include "service/peer_identity_win.h"

#include "tests/service/child_process_win.h"
#include "tests/service/listening_win.h"
#include "tests/service/tokens_win.h"
#include "tests/support/catch.h"

namespace profile_broker::service {
namespace {

constexpr char kAlice[] = "S-1-5-21-1-2-3-1001";
constexpr char kBob[] = "S-1-5-21-1-2-3-1002";

TokenFacts facts_of(const std::string& user) {
  TokenFacts facts;
  facts.user = user;
  facts.session = 2;
  facts.integrity = SECURITY_MANDATORY_MEDIUM_RID;
  return facts;
}

TokenFacts client_of(const std::string& user) {
  auto facts = facts_of(user);
  facts.level = SecurityIdentification;
  return facts;
}

PeerProcess process_of(const std::string& user) {
  return {{4711, 1000}, "outlook.exe", facts_of(user), 2000, 2001};
}

std::string refusal(const TokenFacts& client, const PeerProcess& process) {
  return reason_to_refuse(client, process).value_or("");
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A child that has connected and sent something, as the service sees it.
Caller identify_child(HANDLE token) {
  Listening listening;
  const ChildProcess child("pipe_client.exe raw " + listening.name() + " hello", token);
  const auto peer = listening.accept_peer();
  const auto first = listening.read(*peer).bytes;
  CHECK(first == "hello");
  const auto identity = peer->blocking_identify(first);
  if (const auto* why = std::get_if<std::string>(&identity)) {
    FAIL(*why);
  }
  auto caller = std::get<Caller>(identity);
  CHECK(caller.holder.key.pid == child.pid());
  const auto pin = peer->take_pin();
  REQUIRE(pin);
  CHECK(pin->key() == caller.holder.key);
  CHECK(peer->provisional_user() == caller.holder.hive);
  return caller;
}

}  // namespace

TEST_CASE("A client whose token and process agree is served, under its account's hive") {
  const auto client = client_of(kAlice);
  const auto process = process_of(kAlice);
  CHECK_FALSE(reason_to_refuse(client, process));
  const auto caller = make_caller(client, process);
  CHECK(caller.holder.hive == kAlice);
  CHECK(caller.holder.key == process.key);
  CHECK(caller.holder.session == 2);
  CHECK(caller.holder.image == "outlook.exe");
  CHECK_FALSE(caller.elevated);
}

TEST_CASE("An anonymous client is refused") {
  CHECK(has(refusal(client_of(kAnonymousSid), process_of(kAnonymousSid)), "anonymous"));
  CHECK(has(refusal(client_of(""), process_of("")), "anonymous"));
}

TEST_CASE("A client that does not let itself be identified is refused") {
  auto client = client_of(kAlice);
  client.level = SecurityAnonymous;
  CHECK(has(refusal(client, process_of(kAlice)), "SECURITY_IDENTIFICATION"));
  client.level = std::nullopt;
  CHECK(has(refusal(client, process_of(kAlice)), "SECURITY_IDENTIFICATION"));
}

TEST_CASE("An AppContainer and a process below medium integrity are refused") {
  auto client = client_of(kAlice);
  client.app_container = true;
  CHECK(has(refusal(client, process_of(kAlice)), "AppContainer"));
  client = client_of(kAlice);
  client.integrity = SECURITY_MANDATORY_LOW_RID;
  CHECK(has(refusal(client, process_of(kAlice)), "integrity"));
  client.integrity = SECURITY_MANDATORY_HIGH_RID;
  CHECK(refusal(client, process_of(kAlice)).empty());
}

TEST_CASE("A pipe opened by another account than the process's is refused, with both accounts") {
  const auto why = refusal(client_of(kAlice), process_of(kBob));
  CHECK(has(why, kAlice));
  CHECK(has(why, kBob));
  CHECK(has(why, "4711"));
}

TEST_CASE("A pipe opened in another session than the process's is refused, with both sessions") {
  auto process = process_of(kAlice);
  process.token.session = 3;
  const auto why = refusal(client_of(kAlice), process);
  CHECK(has(why, "session 2"));
  CHECK(has(why, "session 3"));
}

TEST_CASE("A process that got the pid after the connection was made is refused") {
  auto process = process_of(kAlice);
  process.key.created = process.accepted_at + 1;
  CHECK(has(refusal(client_of(kAlice), process), "younger"));
}

TEST_CASE("A clock that was set back locks no process out") {
  auto process = process_of(kAlice);
  process.key.created = process.pinned_at + 36'000'000'000;
  CHECK(refusal(client_of(kAlice), process).empty());
}

TEST_CASE("Elevated is whose token and process both have Administrators enabled, and LocalSystem") {
  auto client = client_of(kAlice);
  auto process = process_of(kAlice);
  client.administrator = true;
  CHECK_FALSE(make_caller(client, process).elevated);
  process.token.administrator = true;
  CHECK(make_caller(client, process).elevated);
  client.administrator = false;
  CHECK_FALSE(make_caller(client, process).elevated);
  CHECK(make_caller(client_of(kLocalSystemSid), process_of(kLocalSystemSid)).elevated);
}

TEST_CASE("The test's own token is read: user, session, integrity, kind") {
  const auto primary = read_token(own_token().get());
  REQUIRE(std::holds_alternative<TokenFacts>(primary));
  const auto& facts = std::get<TokenFacts>(primary);
  CHECK(has(facts.user, "S-1-5-"));
  CHECK_FALSE(facts.level);
  CHECK_FALSE(facts.app_container);
  CHECK(facts.integrity >= SECURITY_MANDATORY_MEDIUM_RID);
  DWORD session = 0;
  REQUIRE(ProcessIdToSessionId(GetCurrentProcessId(), &session) != FALSE);
  CHECK(facts.session == session);

  const auto impersonation = read_token(impersonation_of(own_token().get()).get());
  REQUIRE(std::holds_alternative<TokenFacts>(impersonation));
  CHECK(std::get<TokenFacts>(impersonation).level == SecurityIdentification);
  CHECK(std::get<TokenFacts>(impersonation).user == facts.user);
  CHECK(std::get<TokenFacts>(impersonation).administrator == facts.administrator);
}

TEST_CASE("Administrators for denials only is no administrator") {
  const auto token = token_without(WinBuiltinAdministratorsSid);
  const auto impersonation = impersonation_of(token.get());
  for (HANDLE each : {token.get(), impersonation.get()}) {
    const auto read = read_token(each);
    REQUIRE(std::holds_alternative<TokenFacts>(read));
    CHECK_FALSE(std::get<TokenFacts>(read).administrator);
  }
}

TEST_CASE("What is no token is reported") {
  const KernelHandle event(CreateEventW(nullptr, TRUE, FALSE, nullptr));
  CHECK(std::holds_alternative<std::string>(read_token(event.get())));
}

TEST_CASE("After a client was identified the service is itself again") {
  CHECK(ChildProcess("impersonator.exe reverts").exit_code() == 0);
}

TEST_CASE("A service that cannot become itself again after impersonating ends at once") {
  CHECK(ChildProcess("impersonator.exe cannot-revert").exit_code() == ERROR_CANNOT_IMPERSONATE);
}

TEST_CASE("A real client process is identified by the operating system") {
  const auto own = read_token(own_token().get());
  REQUIRE(std::holds_alternative<TokenFacts>(own));
  const auto caller = identify_child(nullptr);
  CHECK(caller.holder.hive == std::get<TokenFacts>(own).user);
  CHECK(caller.holder.image == "pipe_client.exe");
  CHECK(caller.elevated == std::get<TokenFacts>(own).administrator);
}

TEST_CASE("A real client process whose Administrators membership is taken away is not elevated") {
  CHECK_FALSE(identify_child(token_without(WinBuiltinAdministratorsSid).get()).elevated);
}

TEST_CASE("A real client process without any privilege is served, under the same hive") {
  const auto own = read_token(own_token().get());
  REQUIRE(std::holds_alternative<TokenFacts>(own));
  HANDLE token = nullptr;
  REQUIRE(CreateRestrictedToken(own_token().get(), DISABLE_MAX_PRIVILEGE, 0, nullptr, 0, nullptr, 0,
                                nullptr, &token) != FALSE);
  const KernelHandle owner(token);
  CHECK(identify_child(token).holder.hive == std::get<TokenFacts>(own).user);
}

}  // namespace profile_broker::service
