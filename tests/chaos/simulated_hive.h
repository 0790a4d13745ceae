// Where the profiles of a chaos run lie, and what the deletion of one does to who uses it. On
// Windows keys of the real registry, below HKEY_CURRENT_USER as MAPI's are; on Linux a folder for
// each profile. Knows nothing of the broker: it deletes whatever it is told to.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace profile_broker::chaos {

// A profile as its user has it open: a handle that a deletion makes useless.
class OpenProfile {
 public:
  virtual ~OpenProfile() = default;
  // Empty while the profile is there; else what its user sees, for people.
  virtual std::string harm() const = 0;
};

class SimulatedHive {
 public:
  // location: on Windows a key below HKEY_CURRENT_USER, on Linux a folder that exists. who: has no
  // namesake in the run.
  SimulatedHive(std::string location, std::string who);

  // Makes the profile unless it exists. Nothing when that fails.
  std::unique_ptr<OpenProfile> open(const std::string& profile) const;

  enum class Removed { gone, was_not_there, failed };
  Removed remove(const std::string& profile) const;

  std::vector<std::string> profiles() const;

 private:
  std::string location_;
  std::string who_;
};

}  // namespace profile_broker::chaos
