// MAPI Profile Broker client library for C++11 and later: client.h with references that release
// themselves and functions that take narrow and, on Windows, wide text alike. Header-only; throws
// nothing; results are those of client.h. Threads: a Reference is for one thread at a time, the
// functions for any.
#ifndef PROFILE_BROKER_CLIENT_HPP
#define PROFILE_BROKER_CLIENT_HPP

#include <cstdint>

#include "profile_broker/client.h"

namespace profile_broker {

// One live use of a profile, for as long as the object lives. To be declared before the
// IMAPISession that uses the profile, so that it ends after it.
class Reference {
 public:
  Reference() noexcept = default;
  Reference(Reference&& other) noexcept : reference_(other.reference_) {
    other.reference_ = nullptr;
  }
  Reference& operator=(Reference&& other) noexcept {
    if (this != &other) {
      release();
      reference_ = other.reference_;
      other.reference_ = nullptr;
    }
    return *this;
  }
  Reference(const Reference&) = delete;
  Reference& operator=(const Reference&) = delete;
  ~Reference() { release(); }

  // ProfileBrokerAcquire. A reference that the object has already is released first, whatever comes
  // of the new one.
  PROFILE_BROKER_RESULT acquire(const char* profile, std::uint32_t flags = 0) noexcept {
    release();
    return ProfileBrokerAcquireA(profile, flags, &reference_);
  }
#ifdef _WIN32
  PROFILE_BROKER_RESULT acquire(const wchar_t* profile, std::uint32_t flags = 0) noexcept {
    release();
    return ProfileBrokerAcquireW(profile, flags, &reference_);
  }
#endif

  // ProfileBrokerRelease, for those who want its result. S_OK when there is nothing to release.
  PROFILE_BROKER_RESULT release() noexcept {
    const PROFILE_BROKER_REFERENCE ending = reference_;
    reference_ = nullptr;
    return ProfileBrokerRelease(ending);
  }

  explicit operator bool() const noexcept {
    return reference_ != nullptr;
  }

 private:
  PROFILE_BROKER_REFERENCE reference_ = nullptr;
};

// ProfileBrokerDeleteProfile. deferred: true when the deletion waits for the profile's last user.
inline PROFILE_BROKER_RESULT delete_profile(const char* profile, bool& deferred) noexcept {
  std::int32_t waits = 0;
  const PROFILE_BROKER_RESULT result = ProfileBrokerDeleteProfileA(profile, &waits);
  deferred = waits != 0;
  return result;
}

// ProfileBrokerQuery; sets the structure's size itself.
inline PROFILE_BROKER_RESULT query(const char* profile, PROFILE_BROKER_USAGE& usage) noexcept {
  usage = PROFILE_BROKER_USAGE();
  usage.size = sizeof usage;
  return ProfileBrokerQueryA(profile, &usage);
}

#ifdef _WIN32
inline PROFILE_BROKER_RESULT delete_profile(const wchar_t* profile, bool& deferred) noexcept {
  std::int32_t waits = 0;
  const PROFILE_BROKER_RESULT result = ProfileBrokerDeleteProfileW(profile, &waits);
  deferred = waits != 0;
  return result;
}

inline PROFILE_BROKER_RESULT query(const wchar_t* profile, PROFILE_BROKER_USAGE& usage) noexcept {
  usage = PROFILE_BROKER_USAGE();
  usage.size = sizeof usage;
  return ProfileBrokerQueryW(profile, &usage);
}
#endif

// ProfileBrokerGetStatus; sets the structure's size itself.
inline PROFILE_BROKER_RESULT get_status(PROFILE_BROKER_STATUS& status) noexcept {
  status = PROFILE_BROKER_STATUS();
  status.size = sizeof status;
  return ProfileBrokerGetStatus(&status);
}

}  // namespace profile_broker

#endif
