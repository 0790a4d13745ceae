// The command-line tool, run in the test's own process against a test's service.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "client-lib/cli/program.h"
#include "proto/json_reader.h"
#include "tests/client-lib/service_process_posix.h"

namespace profile_broker::client {

struct Ran {
  int code = -1;
  std::string out;
  std::string error;

  OrderedJson json() const { return OrderedJson::parse(out); }
  bool says(std::string_view text) const { return (out + error).find(text) != std::string::npos; }
};

inline Ran run(const ServiceProcess& service, std::vector<std::string> arguments) {
  ::setenv("XDG_STATE_HOME", service.marks().c_str(), 1);
  arguments.insert(arguments.begin(), {"--endpoint", service.address()});
  Ran ran;
  ran.code = cli::run(arguments, {[&](std::string_view text) { ran.out += text; },
                                  [&](std::string_view text) { ran.error += text; }});
  return ran;
}

}  // namespace profile_broker::client
