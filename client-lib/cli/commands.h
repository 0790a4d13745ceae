// What each command of the tool asks, does and says. Every message says what happened, to which
// profile, in which session, and what to do.
#pragma once

#include <memory>
#include <string>

#include "client-lib/broker_client.h"
#include "client-lib/cli/console.h"
#include "client-lib/cli/program.h"
#include "client-lib/cli/table.h"

namespace profile_broker::client::cli {

class Commands {
 public:
  // console: borrowed.
  Commands(Endpoint endpoint, bool json, const Console& console);

  int status();
  int list(bool all);
  int query(const ProfileName& profile);
  int holders(const ProfileName& profile);
  int sweep();
  int delete_profile(const ProfileName& profile);
  int undelete(const ProfileName& profile);
  // On a terminal a screen until Ctrl+C; with --json, a count or no terminal a line per event.
  // count: 0 for no end.
  int watch(bool all, std::uint64_t count);
  int doctor();

 private:
  void print_json(const OrderedJson& json) const;
  // Says what could not be done and why; returns the exit code for it.
  int fail(const std::string& what, std::uint32_t result, const std::string& why,
           bool absent) const;
  int fail(const std::string& what, const Failure& failure) const;
  std::string users_of(const ProfileName& profile);
  int watch_lines(bool all, std::uint64_t count);
  int watch_live(bool all);

  const Endpoint endpoint_;
  const bool json_;
  const Console& console_;
  const Paint paint_;
  BrokerClient client_;
};

}  // namespace profile_broker::client::cli
