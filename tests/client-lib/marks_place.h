// A place for marks of a test's own, gone afterwards: a registry key, on Linux a folder.
#pragma once

#include <string>

namespace profile_broker::client {

class MarksPlace {
 public:
  MarksPlace();
  ~MarksPlace();
  MarksPlace(const MarksPlace&) = delete;
  MarksPlace& operator=(const MarksPlace&) = delete;

  const std::string& location() const { return location_; }
  // Where nobody can write: no key and no folder can have such a name.
  static std::string unwritable();

 private:
  std::string location_;
};

}  // namespace profile_broker::client
