// Routing as an administrator does it, by the tool beside the test program. The programs that are
// started while a Routing lives are routed; it is taken back when it ends.
#pragma once

#include <string>

namespace scene {

class Routing {
 public:
  // provider: a DLL beside the test program, given to `--provider`; empty: as found. Fails the test
  // when the tool does.
  explicit Routing(const std::string& provider = "");
  ~Routing();
  Routing(const Routing&) = delete;
  Routing& operator=(const Routing&) = delete;
};

struct ToolResult {
  unsigned long exit_code = 0;
  std::string output;  // both streams
};
// Runs profile-broker.exe with these arguments.
ToolResult run_tool(const std::string& arguments);

// The path of a file beside the test program.
std::string path_beside(const std::string& file);

}  // namespace scene
