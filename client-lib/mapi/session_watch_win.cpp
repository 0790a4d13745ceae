// The books and the table entries behind session_watch_win.h.
//
// One object's address may be another one's a moment after its last Release. So each watched
// session has a number, and what ended is only what had a number before that Release was called.
#include "client-lib/mapi/session_watch_win.h"

#include <array>
#include <utility>

#include "client-lib/mapi/broker_calls_win.h"
#include "client-lib/mapi/thread_calls_win.h"

namespace profile_broker::client::mapi {
namespace {

using Number = std::uint64_t;

class Lock {
 public:
  explicit Lock(SRWLOCK& lock) : lock_(lock) { AcquireSRWLockExclusive(&lock_); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  ~Lock() { ReleaseSRWLockExclusive(&lock_); }

 private:
  SRWLOCK& lock_;
};

class Books {
 public:
  void add(std::uintptr_t session, Ledger::Handle reference) {
    const Lock lock(lock_);
    if (!list_) {
      list_ = new std::vector<WatchedSession>();
    }
    list_->push_back({++last_, session, reference});
  }

  // The number of the session's newest entry; 0 when it has none.
  Number newest_of(std::uintptr_t session) {
    const Lock lock(lock_);
    Number newest = 0;
    if (list_) {
      for (const auto& watched : *list_) {
        newest = watched.session == session ? watched.number : newest;
      }
    }
    return newest;
  }

  // Takes an entry of the session out, none newer than that number; false when there is none.
  bool take(std::uintptr_t session, Number newest, Ledger::Handle& reference) {
    const Lock lock(lock_);
    if (!list_) {
      return false;
    }
    for (auto entry = list_->begin(); entry != list_->end(); ++entry) {
      if (entry->session == session && entry->number <= newest) {
        reference = entry->reference;
        list_->erase(entry);
        return true;
      }
    }
    return false;
  }

  bool count_initialize(bool nested) {
    const Lock lock(lock_);
    first_is_due_ = first_is_due_ || initialized_ == 0;
    ++initialized_;
    const bool is_first = first_is_due_ && !nested;
    first_is_due_ = first_is_due_ && !is_first;
    return is_first;
  }

  std::vector<WatchedSession> count_uninitialize() {
    std::vector<WatchedSession> left;
    const Lock lock(lock_);
    if (initialized_ > 0 && --initialized_ == 0 && list_) {
      left.swap(*list_);
    }
    return left;
  }

 private:
  SRWLOCK lock_ = SRWLOCK_INIT;
  // Made when first needed, and never destroyed: the DLL stays until the process ends.
  std::vector<WatchedSession>* list_ = nullptr;
  Number last_ = 0;
  unsigned initialized_ = 0;
  bool first_is_due_ = false;
};
constinit Books sessions;
constinit Books simple_sessions;

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

// Ends what the session had up to that number: once, or as often as it was handed out.
void end_session(Books& books, std::uintptr_t session, Number newest, bool once) noexcept {
  Ledger::Handle reference = 0;
  while (newest != 0 && books.take(session, newest, reference)) {
    release(reference);
    if (once) {
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
  const ULONG left = classes[index].release(session);
  if (left == 0 && newest != 0) {
    const KeepLastError keep;
    end_session(sessions, key, newest, false);
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
  const HRESULT result = classes[index].logoff(session, window, flags, reserved);
  if (SUCCEEDED(result) && newest != 0) {
    const KeepLastError keep;
    end_session(sessions, key, newest, true);
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

// Threads that are just calling through the table find the old functions or the new ones.
void see_through(IMAPISession* session) {
  void** const table = *reinterpret_cast<void***>(session);
  const Lock lock(classes_lock);
  const SessionClass original{reinterpret_cast<ReleaseMethod>(table[kRelease]),
                              reinterpret_cast<LogoffMethod>(table[kLogoff])};
  if (is_own(original.release)) {
    return;
  }
  const SessionClass* const own = own_methods_for(original);
  constexpr std::size_t kBytes = (kLogoff - kRelease + 1) * sizeof(void*);
  DWORD protection = 0;
  if (!own || !VirtualProtect(&table[kRelease], kBytes, PAGE_READWRITE, &protection)) {
    return;
  }
  InterlockedExchangePointer(&table[kRelease], reinterpret_cast<void*>(own->release));
  InterlockedExchangePointer(&table[kLogoff], reinterpret_cast<void*>(own->logoff));
  VirtualProtect(&table[kRelease], kBytes, protection, &protection);
}

}  // namespace

void watch_session(IMAPISession* session, Ledger::Handle reference) {
  see_through(session);
  sessions.add(address(session), reference);
}

void watch_simple_session(LHANDLE session, Ledger::Handle reference) {
  simple_sessions.add(static_cast<std::uintptr_t>(session), reference);
}

void simple_session_ended(LHANDLE session) noexcept {
  const auto key = static_cast<std::uintptr_t>(session);
  end_session(simple_sessions, key, simple_sessions.newest_of(key), true);
}

bool count_initialize(bool nested) noexcept {
  return sessions.count_initialize(nested);
}

std::vector<WatchedSession> count_uninitialize() noexcept {
  return sessions.count_uninitialize();
}

}  // namespace profile_broker::client::mapi
