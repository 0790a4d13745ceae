// The books and the table entries behind session_watch_win.h.
//
// One object's address may be another one's a moment after its last Release. So each watched
// session has a number, and what ended is only what had a number before that Release was called.
#include "client-lib/mapi/session_watch_win.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "client-lib/mapi/exclusive_lock_win.h"
#include "client-lib/mapi/real_call_win.h"

namespace profile_broker::client::mapi {
namespace {

using Number = std::uint64_t;

struct WatchedSession {
  Number number;           // ever growing, never 0
  std::uintptr_t session;  // its address or handle
  Ledger::Handle reference;
  bool is_counted;         // Release tells of its end
  bool has_ended = false;  // with MAPI, and nobody has taken its reference yet
};

class Books {
 public:
  void add(std::uintptr_t session, Ledger::Handle reference, bool is_counted) {
    const ExclusiveLock lock(lock_);
    if (!list_) {
      list_ = new std::vector<WatchedSession>();
    }
    list_->push_back({++last_, session, reference, is_counted});
  }

  // The number of the session's newest entry; 0 when it has none.
  Number newest_of(std::uintptr_t session) {
    const ExclusiveLock lock(lock_);
    Number newest = 0;
    if (list_) {
      for (const auto& watched : *list_) {
        newest = watched.session == session ? watched.number : newest;
      }
    }
    return newest;
  }

  // Takes an entry of the session out, none newer than that number, and when the session ends by a
  // Release only one that is counted; false when there is none.
  bool take(std::uintptr_t session, Number newest, bool by_release, Ledger::Handle& reference) {
    return take_first(reference, [&](const WatchedSession& watched) {
      return watched.session == session && watched.number <= newest &&
             (watched.is_counted || !by_release);
    });
  }

  bool count_initialize(bool nested) {
    const ExclusiveLock lock(lock_);
    first_is_due_ = first_is_due_ || initialized_ == 0;
    ++initialized_;
    const bool is_first = first_is_due_ && !nested;
    first_is_due_ = first_is_due_ && !is_first;
    return is_first;
  }

  void count_uninitialize() {
    const ExclusiveLock lock(lock_);
    if (initialized_ == 0 || --initialized_ > 0 || !list_) {
      return;
    }
    for (auto& watched : *list_) {
      watched.has_ended = true;
    }
  }

  bool take_ended(Ledger::Handle& reference) {
    return take_first(reference, [](const WatchedSession& watched) { return watched.has_ended; });
  }

 private:
  template <typename Wanted>
  bool take_first(Ledger::Handle& reference, Wanted&& wanted) {
    const ExclusiveLock lock(lock_);
    if (!list_) {
      return false;
    }
    const auto entry = std::find_if(list_->begin(), list_->end(), wanted);
    if (entry == list_->end()) {
      return false;
    }
    reference = entry->reference;
    list_->erase(entry);
    return true;
  }

  SRWLOCK lock_ = SRWLOCK_INIT;
  // Made when first needed, and never destroyed: the DLL stays until the process ends.
  std::vector<WatchedSession>* list_ = nullptr;
  Number last_ = 0;
  unsigned initialized_ = 0;
  bool first_is_due_ = false;
};
constinit Books sessions;
constinit Books simple_sessions;
constinit Books cmc_sessions;

Books& books_of(SimpleSessions kind) {
  return kind == SimpleSessions::cmc ? cmc_sessions : simple_sessions;
}

std::uintptr_t address(const void* object) {
  return reinterpret_cast<std::uintptr_t>(object);
}

// Places in IMAPISession's table: three methods of IUnknown, then its own from GetLastError on.
constexpr std::size_t kRelease = 2;
constexpr std::size_t kLogoff = 17;

using ReleaseMethod = ULONG(STDMETHODCALLTYPE*)(IMAPISession*);
using LogoffMethod = HRESULT(STDMETHODCALLTYPE*)(IMAPISession*, ULONG_PTR, ULONG, ULONG);

// The two functions of a class, and ours in their places. Providers have one class or a few; a
// table that is copied for each object still leads to the same functions.
constexpr std::size_t kMaxClasses = 16;
struct SessionClass {
  ReleaseMethod release = nullptr;
  LogoffMethod logoff = nullptr;
};
constinit std::array<SessionClass, kMaxClasses> classes{};
constinit SRWLOCK classes_lock = SRWLOCK_INIT;

enum class End { release, logoff };

// Ends what the session had up to that number: once, or as often as it was handed out.
void end_session(Books& books, std::uintptr_t session, Number newest, End end) noexcept {
  Ledger::Handle reference = 0;
  while (newest != 0 && books.take(session, newest, end == End::release, reference)) {
    release(reference);
    if (end == End::logoff) {
      return;
    }
  }
}

template <std::size_t index>
ULONG STDMETHODCALLTYPE release_session(IMAPISession* session) {
  if (is_process_ending()) {
    return classes[index].release(session);
  }
  const auto key = address(session);
  const Number newest = sessions.newest_of(key);
  const ULONG left = in_real_mapi([&] { return classes[index].release(session); });
  if (left == 0 && newest != 0) {
    const KeepLastError keep;
    end_session(sessions, key, newest, End::release);
  }
  return left;
}

template <std::size_t index>
HRESULT STDMETHODCALLTYPE log_off_session(IMAPISession* session, ULONG_PTR window, ULONG flags,
                                          ULONG reserved) {
  if (is_process_ending()) {
    return classes[index].logoff(session, window, flags, reserved);
  }
  const auto key = address(session);
  const Number newest = sessions.newest_of(key);
  const HRESULT result =
      in_real_mapi([&] { return classes[index].logoff(session, window, flags, reserved); });
  if (SUCCEEDED(result) && newest != 0) {
    const KeepLastError keep;
    end_session(sessions, key, newest, End::logoff);
  }
  return result;
}

template <std::size_t... indexes>
constexpr std::array<SessionClass, kMaxClasses> own_methods(std::index_sequence<indexes...>) {
  return {SessionClass{release_session<indexes>, log_off_session<indexes>}...};
}
constexpr auto kOwnMethods = own_methods(std::make_index_sequence<kMaxClasses>());

bool is_own(ReleaseMethod method) {
  for (const auto& own : kOwnMethods) {
    if (own.release == method) {
      return true;
    }
  }
  return false;
}

// Our two functions for a class; nothing when there are more classes than anybody has seen.
const SessionClass* own_methods_for(const SessionClass& original) {
  for (std::size_t i = 0; i < kMaxClasses; ++i) {
    auto& known = classes[i];
    if (known.release == nullptr) {
      known = original;
    }
    if (known.release == original.release && known.logoff == original.logoff) {
      return &kOwnMethods[i];
    }
  }
  return nullptr;
}

// Tables lie in constants, in a program's own memory, or among code, where old linkers put
// constants: a page that can be executed stays so, since other threads may be running in it.
bool put(void*& entry, void* function) {
  constexpr DWORD kExecutable =
      PAGE_EXECUTE | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;
  MEMORY_BASIC_INFORMATION page{};
  DWORD before = 0;
  if (VirtualQuery(&entry, &page, sizeof page) == 0 ||
      !VirtualProtect(&entry, sizeof entry,
                      (page.Protect & kExecutable) != 0 ? PAGE_EXECUTE_READWRITE : PAGE_READWRITE,
                      &before)) {
    return false;
  }
  InterlockedExchangePointer(&entry, function);
  VirtualProtect(&entry, sizeof entry, before, &before);
  return true;
}

// Threads that are just calling through the table find the old functions or the new ones.
void see_through(IMAPISession* session) {
  void** const table = *reinterpret_cast<void***>(session);
  const ExclusiveLock lock(classes_lock);
  const SessionClass original{reinterpret_cast<ReleaseMethod>(table[kRelease]),
                              reinterpret_cast<LogoffMethod>(table[kLogoff])};
  if (is_own(original.release)) {
    return;
  }
  const SessionClass* const own = own_methods_for(original);
  if (own && put(table[kLogoff], reinterpret_cast<void*>(own->logoff))) {
    put(table[kRelease], reinterpret_cast<void*>(own->release));
  }
}

// Whether Release of this session says how many references the whole object has, whatever
// interfaces they are of. Other threads that use a shared session in this moment make it a no, and
// the reference last longer.
bool counts_whole_object(IMAPISession& session) {
  constexpr GUID kUnknown = {0, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}};
  const ULONG before = session.AddRef();
  IUnknown* whole = nullptr;
  const bool has_whole =
      SUCCEEDED(session.QueryInterface(kUnknown, reinterpret_cast<void**>(&whole))) && whole;
  const ULONG with_whole = session.AddRef();
  const ULONG after = session.Release();
  if (has_whole) {
    whole->Release();
  }
  const ULONG left = session.Release();
  return has_whole && left > 0 && before == left + 1 && after == before + 1 &&
         with_whole == after + 1;
}

}  // namespace

void watch_session(IMAPISession* session, Ledger::Handle reference) {
  see_through(session);
  sessions.add(address(session), reference, counts_whole_object(*session));
}

void watch_simple_session(SimpleSessions kind, LHANDLE session, Ledger::Handle reference) {
  books_of(kind).add(static_cast<std::uintptr_t>(session), reference, true);
}

void simple_session_ended(SimpleSessions kind, LHANDLE session) noexcept {
  const auto key = static_cast<std::uintptr_t>(session);
  end_session(books_of(kind), key, books_of(kind).newest_of(key), End::logoff);
}

bool count_initialize(bool nested) noexcept {
  return sessions.count_initialize(nested);
}

void count_uninitialize() noexcept {
  sessions.count_uninitialize();
}

bool take_session_ended_with_mapi(Ledger::Handle& reference) noexcept {
  return sessions.take_ended(reference);
}

}  // namespace profile_broker::client::mapi
