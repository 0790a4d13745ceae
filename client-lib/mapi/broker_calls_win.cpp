// The questions behind broker_calls_win.h, through the one BrokerClient of this DLL.
#include "client-lib/mapi/broker_calls_win.h"

#include <algorithm>
#include <chrono>

#include "client-lib/caller_text.h"
#include "client-lib/mapi/deferred_renames.h"
#include "client-lib/mapi/event_line_win.h"
#include "client-lib/mapi/promised_deletions_win.h"
#include "client-lib/mapi/put_aside_win.h"
#include "client-lib/mapi/real_mapi_win.h"
#include "client-lib/mapi/thread_calls_win.h"
#include "client-lib/process_client.h"
#include "client-lib/process_identity.h"
#include "client-lib/wide_text_win.h"

namespace profile_broker::client::mapi {
namespace {

using namespace std::chrono_literals;

constexpr auto kSweepTime = 3s;
// A deletion by somebody else takes moments; longer than this a program is not kept waiting.
constexpr auto kBusyTime = 1s;
constexpr DWORD kBusyPause = 20;  // milliseconds

INIT_ONCE prepared = INIT_ONCE_STATIC_INIT;

// Never through mapi32.dll, which would bring it back here.
std::uint32_t remove_by_real_mapi(const std::string& profile) {
  const ThreadCall call(ThreadCall::What::broker_work);
  return remove_profile(real_profile_functions(), profile);
}

BOOL CALLBACK prepare(PINIT_ONCE, void*, void**) {
  try {
    process_client().set_remover(remove_by_real_mapi);
    return TRUE;
  } catch (...) {
    return FALSE;
  }
}

BrokerClient& broker() {
  if (!InitOnceExecuteOnce(&prepared, prepare, nullptr, nullptr)) {
    throw std::bad_alloc();
  }
  return process_client();
}

// The body's answer, or `otherwise` when the process is ending, cannot be itself or has no memory.
template <typename Answer, typename Body>
Answer guarded(Answer otherwise, Body&& body) noexcept {
  if (is_process_ending()) {
    return otherwise;
  }
  struct Afterwards {
    ~Afterwards() { release_what_was_put_aside(); }
  } afterwards;
  const KeepLastError keep;
  try {
    const ProcessIdentity identity;
    return identity.holds() ? body() : otherwise;
  } catch (...) {
    return otherwise;
  }
}

HiveMarks own_marks() {
  return HiveMarks(HiveMarks::default_location());
}

constinit PromisedDeletions promised;
constinit PutAside put_aside;

struct RealRename {
  std::wstring from;
  std::wstring to;

  HRESULT operator()(ProfileAdmin& head) const {
    auto& admin = reinterpret_cast<IProfAdmin&>(head);
    auto from_ansi = ansi_from_wide(from);
    auto to_ansi = ansi_from_wide(to);
    if (from_ansi && to_ansi) {
      return admin.RenameProfile(reinterpret_cast<LPTSTR>(from_ansi->data()), nullptr,
                                 reinterpret_cast<LPTSTR>(to_ansi->data()), 0, 0);
    }
    return admin.RenameProfile(const_cast<LPTSTR>(from.c_str()), nullptr,
                               const_cast<LPTSTR>(to.c_str()), 0, fMapiUnicode);
  }
};

std::uint32_t rename_by_real_mapi(const std::string& profile, const std::string& new_name) {
  const auto from = wide_from_utf8(profile);
  const auto to = wide_from_utf8(new_name);
  if (!from || !to) {
    return hresult::kInvalidParameter;
  }
  const ThreadCall call(ThreadCall::What::broker_work);
  return static_cast<std::uint32_t>(
      with_profile_admin(real_profile_functions(), RealRename{*from, *to}));
}

bool waits(const BrokerClient::Done& done, bool in_use) {
  return done.absent || in_use || done.result == hresult::kBusy;
}

void rename_what_waits() {
  const DeferredRenames renames(own_marks());
  for (const auto& rename : renames.of_this_host()) {
    bool in_use = false;
    const auto done = broker().while_unused(
        rename.profile,
        [&](const std::string& profile) {
          return rename_by_real_mapi(profile, std::string(rename.new_name.shown()));
        },
        in_use);
    // A rename that MAPI refuses for good, because the one name has gone or the other is taken,
    // does not wait any longer.
    if (!waits(done, in_use)) {
      renames.remove(rename.profile);
    }
  }
}

bool is_held_by_others(const ProfileReport& report) {
  return std::any_of(report.holders.begin(), report.holders.end(),
                     [](const auto& holder) { return holder.process != GetCurrentProcessId(); });
}

// Tries again while another process is deleting the profile.
template <typename Attempt>
BrokerClient::Done patiently(Attempt&& attempt) {
  const auto until = Clock::now() + kBusyTime;
  auto done = attempt();
  while (done.result == hresult::kBusy && Clock::now() < until) {
    Sleep(kBusyPause);
    done = attempt();
  }
  return done;
}

}  // namespace

std::optional<ProfileName> profile_name(const void* text, bool unicode) {
  if (!text) {
    return std::nullopt;
  }
  const auto utf8 = unicode ? utf8_from_wide(static_cast<const wchar_t*>(text))
                            : utf8_from_caller(static_cast<const char*>(text));
  if (!utf8) {
    return std::nullopt;
  }
  auto parsed = ProfileName::parse(*utf8);
  auto* name = std::get_if<ProfileName>(&parsed);
  return name ? std::optional(std::move(*name)) : std::nullopt;
}

Acquired acquire(const ProfileName& profile) noexcept {
  return guarded(Acquired{}, [&] {
    Acquired acquired;
    const auto done = broker().acquire(profile, false, acquired.reference);
    if (done.result == hresult::kOk || done.result == hresult::kNoService) {
      acquired.how = Acquired::How::held;
    } else if (done.result == hresult::kBusy) {
      acquired.how = Acquired::How::refused;
    } else {
      tell_of_refused_reference(done.result);
    }
    return acquired;
  });
}

void release(Ledger::Handle reference) noexcept {
  guarded(false, [&] {
    if (ThreadCall::in_either()) {
      put_aside.add(reference);
      return true;
    }
    broker().release(reference);
    rename_what_waits();
    return true;
  });
}

void release_what_was_put_aside() noexcept {
  Ledger::Handle reference = 0;
  while (put_aside.has_some() && !is_process_ending() && !ThreadCall::in_either() &&
         put_aside.take(reference)) {
    release(reference);
  }
}

bool is_name_alive(const ProfileName& profile) noexcept {
  return guarded(false, [&] {
    const auto usage = broker().query(profile);
    return usage && (usage->report.deletion_deferred || usage->report.being_removed ||
                     usage->own_references > 0 || is_held_by_others(usage->report));
  });
}

std::set<std::string> profiles_to_hide() noexcept {
  return guarded(std::set<std::string>(), [&] {
    auto hidden = promised.waiting(own_marks());
    const auto list = broker().ask<result::List>(call::List{});
    if (list) {
      for (const auto& report : list->profiles) {
        if (report.deletion_deferred || report.being_removed) {
          hidden.insert(folded(report.profile));
        }
      }
    }
    return hidden;
  });
}

HRESULT delete_profile(const ProfileName& profile, const std::function<HRESULT()>& remove,
                       const std::function<bool()>& is_there) noexcept {
  return guarded(static_cast<HRESULT>(hresult::kNotEnoughMemory), [&] {
    if (ThreadCall::in_broker_work() || broker().is_removing_here(profile)) {
      return remove();
    }
    const auto usage = broker().query(profile);
    if (!usage && usage.failure().is_absence() && !is_there()) {
      return remove();
    }
    HRESULT removed = S_OK;
    bool deferred = false;
    const auto done = patiently([&] {
      return broker().delete_profile(
          profile,
          [&](const std::string&) {
            const ThreadCall call(ThreadCall::What::broker_work);
            removed = remove();
            return static_cast<std::uint32_t>(removed);
          },
          deferred);
    });
    DeferredRenames(own_marks()).remove(profile);
    if (done.absent && deferred) {
      promised.add(profile);
    }
    return FAILED(removed) ? removed : static_cast<HRESULT>(done.result);
  });
}

HRESULT rename_profile(const ProfileName& profile, const ProfileName& new_name,
                       const std::function<HRESULT()>& rename) noexcept {
  return guarded(static_cast<HRESULT>(hresult::kNotEnoughMemory), [&] {
    if (ThreadCall::in_broker_work() || broker().is_removing_here(profile)) {
      return rename();
    }
    HRESULT renamed = S_OK;
    bool in_use = false;
    const auto done = broker().while_unused(
        profile,
        [&](const std::string&) {
          const ThreadCall call(ThreadCall::What::broker_work);
          renamed = rename();
          return static_cast<std::uint32_t>(renamed);
        },
        in_use);
    if (!waits(done, in_use)) {
      return FAILED(renamed) ? renamed : static_cast<HRESULT>(done.result);
    }
    return DeferredRenames(own_marks()).write(profile, new_name)
               ? S_OK
               : static_cast<HRESULT>(hresult::kNoAccess);
  });
}

void sweep() noexcept {
  guarded(false, [&] {
    BrokerClient::Swept swept;
    broker().sweep(swept, Clock::now() + kSweepTime);
    rename_what_waits();
    return true;
  });
}

}  // namespace profile_broker::client::mapi
