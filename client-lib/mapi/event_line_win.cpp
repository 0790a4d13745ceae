// The wording and the writing behind event_line_win.h.
#include "client-lib/mapi/event_line_win.h"

#include <array>

#include "client-lib/mapi/routing_names_win.h"
#include "client-lib/wide_text_win.h"

namespace profile_broker::client::mapi {
namespace {

// messages.mc
constexpr DWORD kMissingProvider = 1;
constexpr DWORD kRefusedReference = 2;

std::wstring program() {
  std::array<wchar_t, 32'768> path{};
  const DWORD length = GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size()));
  const std::wstring text(path.data(), length);
  return text.substr(text.rfind(L'\\') + 1) + L" (process " +
         std::to_wstring(GetCurrentProcessId()) + L")";
}

void write(WORD type, DWORD id, const std::wstring& text) {
  const HANDLE log = RegisterEventSourceW(nullptr, kEventSource);
  if (log) {
    const wchar_t* inserts[] = {text.c_str()};
    ReportEventW(log, type, 0, id, nullptr, 1, 0, inserts, nullptr);
    DeregisterEventSource(log);
  }
}

std::wstring what_was_tried(const ProviderPath& provider) {
  return provider.path.empty()
             ? L"no real MAPI to go on to: " + provider.source
             : L"cannot go on to the real MAPI '" + provider.path + L"', which comes from " +
                   provider.source + L": " + provider.problem;
}

}  // namespace

void tell_of_missing_provider(const ProviderPath& provider) noexcept {
  try {
    write(EVENTLOG_ERROR_TYPE, kMissingProvider,
          L"The MAPI Profile Broker's MAPI client in " + program() + L" has " +
              (provider.path.empty() ? L"" : L"been loaded and ") + what_was_tried(provider) +
              L". MAPI calls of the program fail as without an installed MAPI. Repair that, or "
              L"take the program out with 'profile-broker mapi disable'.");
  } catch (...) {
    // Out of memory: the line is lost, the program goes on.
  }
}

void tell_of_refused_reference(const std::string& profile, const std::string& why) noexcept {
  try {
    write(EVENTLOG_WARNING_TYPE, kRefusedReference,
          program() + L" uses the MAPI profile '" + wide_from_utf8(profile).value_or(L"?") +
              L"' without protection against its deletion in other sessions: " +
              wide_from_utf8(why).value_or(L"the broker refused the reference"));
  } catch (...) {
    // As above.
  }
}

}  // namespace profile_broker::client::mapi
