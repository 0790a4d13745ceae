#include "service/peer_identity_win.h"

#include "service/pipe_impersonation_win.h"
#include "service/windows_text_win.h"

namespace profile_broker::service {
namespace {

// A pid that was given to another process between the client's connect and our OpenProcess belongs
// to a process created in between. One that was created later than now only shows that somebody set
// the clock back since, and is the client still.
bool took_over_the_pid(const PeerProcess& process) {
  return process.key.created > process.accepted_at && process.key.created <= process.pinned_at;
}

}  // namespace

std::variant<TokenFacts, std::string> read_process_token(HANDLE process) {
  HANDLE token = nullptr;
  if (OpenProcessToken(process, TOKEN_QUERY | TOKEN_DUPLICATE, &token) == FALSE) {
    return "its process's token cannot be opened: " + windows_error_text(GetLastError());
  }
  return read_token(KernelHandle(token).get());
}

std::uint64_t file_time_now() {
  FILETIME now{};
  GetSystemTimePreciseAsFileTime(&now);
  return (std::uint64_t{now.dwHighDateTime} << 32) | now.dwLowDateTime;
}

std::optional<std::string> reason_to_refuse(const TokenFacts& client, const PeerProcess& process) {
  if (client.level.value_or(SecurityAnonymous) < SecurityIdentification) {
    return "it does not let the service know who it is (connect with at least "
           "SECURITY_IDENTIFICATION)";
  }
  if (client.user.empty() || client.user == kAnonymousSid) {
    return "it is anonymous";
  }
  if (client.app_container) {
    return "it runs in an AppContainer";
  }
  if (client.integrity < SECURITY_MANDATORY_MEDIUM_RID) {
    return "its integrity level " + std::to_string(client.integrity) + " is below medium";
  }
  if (client.user != process.token.user) {
    return "the pipe was opened by " + client.user + ", but process " +
           std::to_string(process.key.pid) + " (" + process.image + ") runs as " +
           process.token.user + " (does a thread of it impersonate?)";
  }
  if (client.session != process.token.session) {
    return "the pipe was opened in session " + std::to_string(client.session) + ", but process " +
           std::to_string(process.key.pid) + " (" + process.image + ") runs in session " +
           std::to_string(process.token.session);
  }
  if (took_over_the_pid(process)) {
    return "process " + std::to_string(process.key.pid) + " (" + process.image +
           ") is younger than the connection: whoever opened it has ended";
  }
  return std::nullopt;
}

Caller make_caller(const TokenFacts& client, const PeerProcess& process) {
  Caller caller;
  caller.holder.key = process.key;
  caller.holder.hive = client.user;
  caller.holder.session = client.session;
  caller.holder.image = process.image;
  // Both witnesses: the impersonated token may have more enabled than the process that holds the
  // pipe was given, and under Wine it is the service's own.
  caller.elevated =
      client.user == kLocalSystemSid || (client.administrator && process.token.administrator);
  return caller;
}

std::variant<Caller, std::string> identify_peer(HANDLE pipe, const PeerProcess& process,
                                                std::string_view first_frame) {
  auto token = client_token(pipe, first_frame);
  if (auto* why = std::get_if<std::string>(&token)) {
    return std::move(*why);
  }
  auto client = read_token(std::get<KernelHandle>(token).get());
  if (auto* why = std::get_if<std::string>(&client)) {
    return std::move(*why);
  }
  if (auto refusal = reason_to_refuse(std::get<TokenFacts>(client), process)) {
    return *std::move(refusal);
  }
  return make_caller(std::get<TokenFacts>(client), process);
}

}  // namespace profile_broker::service
