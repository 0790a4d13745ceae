// The inserts and the writing behind event_line_win.h; the texts are in events.mc.
#include "client-lib/mapi/event_line_win.h"

#include <array>
#include <atomic>
#include <string>

#include "client-lib/error_text.h"
#include "client-lib/mapi/routing_names_win.h"
#include "client-lib/wide_text_win.h"
#include "proto/error_codes.h"

namespace profile_broker::client::mapi {
namespace {

// events.mc; the upper bits say how severe.
constexpr DWORD kMissingProvider = 0xC0000001;
constexpr DWORD kRefusedReference = 0x80000002;

constinit std::atomic<bool> provider_told{false};
constinit std::atomic<bool> reference_told{false};

std::wstring program() {
  std::array<wchar_t, 32'768> path{};
  const DWORD length = GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size()));
  const std::wstring text(path.data(), length);
  return text.substr(text.rfind(L'\\') + 1) + L" (process " +
         std::to_wstring(GetCurrentProcessId()) + L")";
}

void write(WORD type, DWORD id, const std::wstring& reason) {
  const HANDLE log = RegisterEventSourceW(nullptr, kEventSource);
  if (log) {
    const auto who = program();
    const wchar_t* inserts[] = {who.c_str(), reason.c_str()};
    ReportEventW(log, type, 0, id, nullptr, 2, 0, inserts, nullptr);
    DeregisterEventSource(log);
  }
}

std::wstring what_was_tried(const ProviderPath& provider) {
  return provider.path.empty() ? provider.source
                               : L"'" + provider.path + L"', which comes from " + provider.source +
                                     L": " + provider.problem;
}

}  // namespace

void tell_of_missing_provider(const ProviderPath& provider) noexcept {
  if (provider_told.exchange(true)) {
    return;
  }
  try {
    write(EVENTLOG_ERROR_TYPE, kMissingProvider, what_was_tried(provider));
  } catch (...) {
    // Out of memory: the line is lost, the program goes on.
  }
}

void tell_of_refused_reference(std::uint32_t hresult) noexcept {
  if (reference_told.exchange(true)) {
    return;
  }
  try {
    const auto reason = wide_from_utf8(error_text(hresult) + " (" + hresult_text(hresult) + ")");
    write(EVENTLOG_WARNING_TYPE, kRefusedReference,
          reason.value_or(L"the broker refused the reference"));
  } catch (...) {
    // As above.
  }
}

}  // namespace profile_broker::client::mapi
