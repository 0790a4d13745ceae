// profile_broker.dll in a process: what loading it costs, what is left after FreeLibrary, and as
// whom it works on a thread that impersonates.
#include <windows.h>

#include <tlhelp32.h>

#include <cstdint>

#include "client-lib/handle_win.h"
#include "tests/client-lib/eventually.h"
#include "tests/client-lib/granted.h"
#include "tests/client-lib/loaded_dll_win.h"
#include "tests/client-lib/pipe_server_win.h"
#include "tests/support/open_handles_win.h"

namespace profile_broker::client {
namespace {

constexpr PROFILE_BROKER_RESULT kNoService = 0x00040203;

std::size_t threads() {
  const KernelHandle snapshot(CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0));
  THREADENTRY32 entry{};
  entry.dwSize = sizeof entry;
  std::size_t count = 0;
  for (BOOL more = Thread32First(snapshot.get(), &entry); more;
       more = Thread32Next(snapshot.get(), &entry)) {
    count += entry.th32OwnerProcessID == GetCurrentProcessId();
  }
  return count;
}

Result answer_of_a_good_service(const Request& request) {
  if (request.method == "reference/acquire") {
    return granted(request);
  }
  if (request.method == "profile/delete") {
    return result::Delete{true, std::nullopt};
  }
  return result::Release{};
}

std::optional<std::wstring> mark_of(const wchar_t* profile) {
  wchar_t data[256];
  DWORD size = sizeof data;
  // The test's process impersonates nobody here, so HKEY_CURRENT_USER is its hive.
  if (RegGetValueW(HKEY_CURRENT_USER, L"Software\\MAPI Profile Broker\\Deferred Deletions", profile,
                   RRF_RT_REG_SZ, nullptr, data, &size) != ERROR_SUCCESS) {
    return std::nullopt;
  }
  return data;
}

LUID id_of_thread_token() {
  KernelHandle token;
  REQUIRE(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, token.receive()));
  TOKEN_STATISTICS statistics;
  DWORD size = 0;
  REQUIRE(GetTokenInformation(token.get(), TokenStatistics, &statistics, sizeof statistics, &size));
  return statistics.TokenId;
}

}  // namespace

TEST_CASE("loading the DLL starts no thread and opens no handle") {
  { LoadedDll once(unique_pipe_name()); }  // what the loader itself keeps the first time
  const auto handles_before = open_handles();
  const auto threads_before = threads();
  LoadedDll dll(unique_pipe_name());
  CHECK(open_handles() == handles_before);
  CHECK(threads() == threads_before);
}

TEST_CASE("FreeLibrary after use closes the connection and unloads the DLL") {
  const auto name = unique_pipe_name();
  PipeServer server(name, kOwnedBySystem, answer_of_a_good_service);
  LoadedDll dll(name);
  PROFILE_BROKER_REFERENCE reference = nullptr;
  REQUIRE(dll.acquire_w(L"Gr\u00FC\u00DFe \u65E5\u672C", 0, &reference) == S_OK);
  CHECK(dll.release(reference) == S_OK);
  CHECK(server.connections() == 1);
  CHECK(server.disconnections() == 0);
  dll.free();
  CHECK_FALSE(LoadedDll::still_loaded());
  CHECK(eventually([&] { return server.disconnections() == 1; }));
  const auto requests = server.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].params.value("profile", "") == "Gr\u00FC\u00DFe \u65E5\u672C");
}

TEST_CASE("used, freed and loaded again a hundred times the DLL leaves nothing behind") {
  const auto name = unique_pipe_name();
  PipeServer server(name, kOwnedBySystem, answer_of_a_good_service);
  std::size_t handles_early = 0;
  for (int i = 0; i < 100; ++i) {
    LoadedDll dll(name);
    PROFILE_BROKER_REFERENCE reference = nullptr;
    REQUIRE(dll.acquire_w(L"Gateway", 0, &reference) == S_OK);
    dll.free();
    REQUIRE_FALSE(LoadedDll::still_loaded());
    if (i == 10) {
      handles_early = open_handles();
    }
  }
  CHECK(open_handles() <= handles_early + 5);  // a leak would be ninety
}

TEST_CASE("freed with an unregistered reference the DLL stays until the reference is registered") {
  const auto name = unique_pipe_name();
  LoadedDll dll(name);
  PROFILE_BROKER_REFERENCE reference = nullptr;
  REQUIRE(dll.acquire_w(L"Gateway", 0, &reference) == kNoService);
  dll.free();
  CHECK(LoadedDll::still_loaded());
  PipeServer server(name, kOwnedBySystem, answer_of_a_good_service);
  CHECK(eventually([&] { return server.count("reference/acquire") == 1; }));
  CHECK(eventually([] { return !LoadedDll::still_loaded(); }));
}

TEST_CASE("a service that another account claims to be is sent nothing") {
  const auto name = unique_pipe_name();
  PipeServer server(name, kOwnedByUsers, answer_of_a_good_service);
  {
    LoadedDll dll(name);
    PROFILE_BROKER_REFERENCE reference = nullptr;
    CHECK(dll.acquire_w(L"Gateway", 0, &reference) == kNoService);
    CHECK(eventually([&] { return server.connections() > 0; }));
    CHECK(dll.release(reference) == kNoService);
    CHECK(server.bytes_received() == 0);
  }
  // The timer of the unregistered reference sees that nothing is left, and lets the DLL go.
  CHECK(eventually([] { return !LoadedDll::still_loaded(); }));
}

TEST_CASE("a pipe of another machine is no endpoint") {
  LoadedDll dll(L"\\\\elsewhere\\pipe\\MapiProfileBroker");
  PROFILE_BROKER_STATUS status{};
  status.size = sizeof status;
  CHECK(dll.get_status(&status) == S_OK);
  CHECK(status.available == 0);
}

TEST_CASE("on a thread that impersonates the call runs as the process and the token comes back") {
  const auto name = unique_pipe_name();
  PipeServer server(name, kOwnedBySystem, answer_of_a_good_service);
  LoadedDll dll(name);
  REQUIRE(ImpersonateSelf(SecurityImpersonation));
  const auto token_before = id_of_thread_token();
  PROFILE_BROKER_REFERENCE reference = nullptr;
  const auto acquired = dll.acquire_w(L"Impersonating", PROFILE_BROKER_TEMPORARY, &reference);
  const auto token_after = id_of_thread_token();
  const auto released = dll.release(reference);
  const auto token_at_last = id_of_thread_token();
  REQUIRE(RevertToSelf());
  CHECK(acquired == S_OK);
  CHECK(released == S_OK);
  CHECK(token_after.LowPart == token_before.LowPart);
  CHECK(token_at_last.LowPart == token_before.LowPart);
  CHECK(mark_of(L"Impersonating").has_value());
}

TEST_CASE("the remover runs as the process, too") {
  const auto name = unique_pipe_name();
  PipeServer server(name, kOwnedBySystem, [](const Request& request) -> Result {
    if (request.method == "profile/delete") {
      return result::Delete{false,
                            Removal{"7d1f8a52-0000-4000-8000-00000000000c", "Gr\u00FC\u00DFe"}};
    }
    return result::Finish{};
  });
  LoadedDll dll(name);
  struct Seen {
    bool impersonating = true;
    std::wstring profile;
  } seen;
  dll.set_remover(
      [](const WCHAR* profile, void* context) -> HRESULT {
        auto& told = *static_cast<Seen*>(context);
        KernelHandle token;
        told.impersonating =
            OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, token.receive());
        told.profile = profile;
        return S_OK;
      },
      &seen);
  REQUIRE(ImpersonateSelf(SecurityImpersonation));
  int32_t deferred = 1;
  const auto deleted = dll.delete_profile_w(L"Gr\u00FC\u00DFe", &deferred);
  REQUIRE(RevertToSelf());
  CHECK(deleted == S_OK);
  CHECK(deferred == 0);
  CHECK_FALSE(seen.impersonating);
  CHECK(seen.profile == L"Gr\u00FC\u00DFe");
  CHECK_FALSE(mark_of(L"Gr\u00FC\u00DFe").has_value());
}

TEST_CASE("names in the ANSI code page and in UTF-16 are one profile") {
  const auto name = unique_pipe_name();
  PipeServer server(name, kOwnedBySystem, answer_of_a_good_service);
  LoadedDll dll(name);
  PROFILE_BROKER_REFERENCE reference = nullptr;
  const bool western = GetACP() == 1252;
  CHECK(dll.acquire_a(western ? "Gr\xFC\xDF" : "Gruss", 0, &reference) == S_OK);
  CHECK(dll.acquire_w(western ? L"Gr\u00FC\u00DF" : L"Gruss", 0, &reference) == S_OK);
  const auto requests = server.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].params["profile"] == requests[1].params["profile"]);
}

TEST_CASE("a name with half a surrogate pair cannot be converted") {
  LoadedDll dll(unique_pipe_name());
  PROFILE_BROKER_REFERENCE reference = nullptr;
  const wchar_t half[] = {L'a', 0xD800, L'b', 0};
  CHECK(dll.acquire_w(half, 0, &reference) == static_cast<HRESULT>(0x80040103));
}

TEST_CASE("a result's text is one sentence that fits the room") {
  LoadedDll dll(unique_pipe_name());
  wchar_t text[300];
  CHECK(dll.error_text_w(kNoService, text, 300) == S_OK);
  CHECK(std::wstring(text).find(L"does not answer") != std::wstring::npos);
  CHECK(dll.error_text_w(kNoService, text, 5) == S_OK);
  CHECK(std::wstring(text).size() == 4);
}

}  // namespace profile_broker::client
