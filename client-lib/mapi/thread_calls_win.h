// What this thread is in the middle of. Real MAPI calls mapi32.dll, hence this DLL, from inside its
// own functions, and this DLL calls real MAPI to delete; both must be known for what they are.
// A plain TLS slot: C++'s thread_local would leave handles of MinGW's thread library behind.
#pragma once

#include <cstdint>

namespace profile_broker::client::mapi {

class ThreadCall {
 public:
  enum class What : std::uintptr_t {
    real_mapi = 1,       // a function of the real MAPI that this DLL has called for the program
    broker_work = 1024,  // this DLL's own business with profiles: deleting, renaming
  };

  explicit ThreadCall(What what);
  ~ThreadCall();
  ThreadCall(const ThreadCall&) = delete;
  ThreadCall& operator=(const ThreadCall&) = delete;

  static bool in_real_mapi();
  static bool in_broker_work();
  static bool in_either();

 private:
  const std::uintptr_t what_;
};

// The process is ending: the system has ended all other threads wherever they were, inside our
// locks too. Programs release sessions then, from destructors of static objects; nothing may be
// waited for any more, and the broker sees the end by itself.
bool is_process_ending();

// Keeps the thread's last error as it is when this begins: what the program reads is real MAPI's.
class KeepLastError {
 public:
  KeepLastError();
  ~KeepLastError();
  KeepLastError(const KeepLastError&) = delete;
  KeepLastError& operator=(const KeepLastError&) = delete;

 private:
  const unsigned long error_;
};

}  // namespace profile_broker::client::mapi
