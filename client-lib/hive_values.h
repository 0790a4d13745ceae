// Named texts beside the profiles, where every process of the account finds them and no process of
// another account does: REG_SZ values of one key in
//   HKEY_USERS\<SID of the process's user>\Software\MAPI Profile Broker
// and on Linux files of one folder. Names are compared by ordinal upper-casing. What the texts mean
// is hive_marks.h's and hive_notices.h's business. A write that has returned is seen by every read
// that begins later, in any process.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace profile_broker::client {

class HiveValues {
 public:
  // location: a key below the hive, on Linux a folder. Made when the first value is written.
  explicit HiveValues(std::string location) : location_(std::move(location)) {}

  // Of the marks in the running process's account.
  static std::string default_location();
  // Other values that belong to these: the key beside this one, on Linux a folder in this one.
  HiveValues companion(const std::string& name) const;

  bool write(const std::string& name, const std::string& data) const;
  // Nothing when there is no such value, or it is none of ours.
  std::optional<std::string> read(const std::string& name) const;
  // True when there is no such value any more.
  bool remove(const std::string& name) const;

  struct Value {
    std::string name;  // as first spelled
    std::string data;
    bool operator==(const Value&) const = default;
  };
  // Every value that is there from the beginning of the call to its end, and perhaps others.
  std::vector<Value> all() const;

 private:
  std::string location_;
};

}  // namespace profile_broker::client
