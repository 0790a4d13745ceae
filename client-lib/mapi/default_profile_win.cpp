// The question behind default_profile_win.h: as MAPI_UNICODE where real MAPI has that, else as
// ANSI.
#include "client-lib/mapi/default_profile_win.h"

#include <algorithm>

#include "client-lib/mapi/broker_calls_win.h"
#include "client-lib/mapi/profile_rows_win.h"
#include "client-lib/mapi/real_mapi_win.h"
#include "client-lib/mapi/thread_calls_win.h"

namespace profile_broker::client::mapi {
namespace {

std::optional<ProfileName> default_of(IProfAdmin& admin) {
  for (const ULONG flags : {ULONG{MAPI_UNICODE}, ULONG{0}}) {
    IMAPITable* table = nullptr;
    if (FAILED(admin.GetProfileTable(flags, &table)) || !table) {
      continue;
    }
    const auto rows = profile_rows(*table);
    table->Release();
    if (!rows) {
      continue;
    }
    const auto found = std::find_if(rows->begin(), rows->end(),
                                    [](const ProfileRow& row) { return row.is_default; });
    return found == rows->end() ? std::nullopt : profile_name(found->name.c_str(), true);
  }
  return std::nullopt;
}

}  // namespace

std::optional<ProfileName> default_profile() noexcept {
  if (is_process_ending() || ThreadCall::in_real_mapi() || !has_extended_mapi()) {
    return std::nullopt;
  }
  const KeepLastError keep;
  try {
    std::optional<ProfileName> found;
    const ThreadCall working(ThreadCall::What::broker_work);
    with_profile_admin(real_profile_functions(), [&](ProfileAdmin& admin) {
      found = default_of(reinterpret_cast<IProfAdmin&>(admin));
      return S_OK;
    });
    return found;
  } catch (...) {
    return std::nullopt;  // out of memory
  }
}

}  // namespace profile_broker::client::mapi
