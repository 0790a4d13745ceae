// A real process that does nothing but live until it is ended.
#pragma once

#include <memory>

#include "client-lib/process_stamp.h"

namespace profile_broker::client {

class OtherProcess {
 public:
  OtherProcess();
  ~OtherProcess();
  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;

  const ProcessStamp& stamp() const { return stamp_; }
  // It has ended, but the system still knows it for our sake.
  void end();
  // The system forgets it, too.
  void forget();

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
  ProcessStamp stamp_;
};

}  // namespace profile_broker::client
