// What one process of a chaos run did, a line at a time, in the run's one log, which every process
// has as its standard output, opened for appending. The kernel puts whole lines one behind the
// other, so their order is the order in which things happened, over all processes, whatever their
// clocks say: a line stands before everything that its process did afterwards. Any thread.
#pragma once

#include <cstdint>
#include <string>

namespace profile_broker::chaos {

class Record {
 public:
  // who: the process's name in the log, without blanks.
  explicit Record(std::string who) : who_(std::move(who)) {}

  // "milliseconds who verb fields". The time is for people.
  template <typename... Fields>
  void line(const char* verb, const Fields&... fields) const {
    std::string text = " " + who_ + " " + verb;
    ((text += " ", text += word_of(fields)), ...);
    write(text);
  }

  const std::string& who() const { return who_; }

 private:
  static const std::string& word_of(const std::string& text) { return text; }
  static std::string word_of(const char* text) { return text; }
  static std::string word_of(std::uint64_t number) { return std::to_string(number); }
  static void write(const std::string& text);

  std::string who_;
};

}  // namespace profile_broker::chaos
