// A MAPI program under the test's command: a real process in a Terminal Services session of its
// own, which gets one command a line and answers with one. It ends with the object, by force if it
// has not left by itself.
#pragma once

#include <windows.h>

#include <string>

namespace scene {

class SteeredProgram {
 public:
  // program: the file name without .exe, beside the test program. Throws std::runtime_error when it
  // does not start.
  SteeredProgram(const std::string& program, unsigned session);
  ~SteeredProgram();
  SteeredProgram(const SteeredProgram&) = delete;
  SteeredProgram& operator=(const SteeredProgram&) = delete;

  // Sends a command and returns the answer, without the command's name. Throws std::runtime_error
  // when none comes within 30 s.
  std::string tell(const std::string& command);

  // From now on no thread of the program runs; then it goes on.
  void freeze();
  void thaw();

  // Lets the program end by itself, or ends it from outside; returns when the process is gone.
  void leave();
  void kill();

 private:
  std::string read_line();
  void close_all();

  HANDLE process_ = nullptr;
  HANDLE input_ = nullptr;   // the program's standard input, our end
  HANDLE output_ = nullptr;  // the program's standard output, our end
  std::string pending_;
};

}  // namespace scene
