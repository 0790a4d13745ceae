// Watches the processes that matter: those with an open connection, and those that hold references
// or claims, connected or not. One pin a process, however many connections it has. Tells once when
// one ends.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "service/dispatcher.h"
#include "service/process_pin.h"

namespace profile_broker::service {

class ProcessWatch final : public HolderWatch {
 public:
  // ended runs on the service's thread; the process is forgotten before.
  explicit ProcessWatch(std::function<void(const ProcessKey&)> ended) : ended_(std::move(ended)) {}

  // A connection of this process begins or ends. Begin takes the pin unless the process is watched
  // already.
  ProcessKey connection_begins(std::unique_ptr<ProcessPin> pin);
  void connection_ends(const ProcessKey& process);

  // The process holds something: watched from now on until it ends. It must have a connection now.
  void watch(const ProcessKey& process) override;
  // A holder from the journal that was found alive.
  void adopt(std::unique_ptr<ProcessPin> pin);

  std::size_t size() const { return watched_.size(); }
  // The program's file name; "(ended)" when the process is not watched any more.
  std::string image_of(const ProcessKey& process) const;

 private:
  struct Watched {
    std::unique_ptr<ProcessPin> pin;
    std::size_t connections = 0;
    bool holds = false;
  };

  Watched& entry_for(std::unique_ptr<ProcessPin> pin);

  std::function<void(const ProcessKey&)> ended_;
  std::unordered_map<ProcessKey, Watched> watched_;
};

}  // namespace profile_broker::service
