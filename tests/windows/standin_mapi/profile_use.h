// "Somebody uses this profile", as MAPI knows it: a named object in shared memory. The object lives
// as long as a process has it open, so it needs no clean-up after a crash. Its name is relative to
// Local\, the namespace of one Terminal Services session, and holds the caller's user: another
// session, or a thread that impersonates somebody else (KB 817375), looks for it and finds nothing.
// The profile itself lies in a hive that all of them share. That gap is the fault of KB 818861, and
// the reason why this file exists.
#pragma once

#include <windows.h>

#include <string>
#include <utility>

namespace standin_mapi {

// A named kernel object, closed when this ends.
class NamedObject {
 public:
  NamedObject() = default;
  explicit NamedObject(HANDLE handle) : handle_(handle) {}
  NamedObject(NamedObject&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  NamedObject& operator=(NamedObject&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~NamedObject() {
    if (handle_ != nullptr) {
      CloseHandle(handle_);
    }
  }
  HANDLE get() const { return handle_; }  // borrowed
  explicit operator bool() const { return handle_ != nullptr; }

 private:
  HANDLE handle_ = nullptr;
};

// Marks the profile as used, in this session and by this user, until the result ends.
NamedObject begin_use(const std::wstring& profile);

// Whether anybody in this session, as this user, uses the profile.
bool in_use_here(const std::wstring& profile);

// MAPI serializes logons, logoffs and its sweep by a mutex, which is of the session too. Held while
// this lives.
class LogonLock {
 public:
  LogonLock();
  ~LogonLock();
  LogonLock(const LogonLock&) = delete;
  LogonLock& operator=(const LogonLock&) = delete;

 private:
  NamedObject mutex_;
};

}  // namespace standin_mapi
