// The socket's file, for doctor.h. On Linux there is no installation, no DLL and no MAPI to look
// at.
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "client-lib/cli/account_name.h"
#include "client-lib/cli/doctor.h"

namespace profile_broker::client::cli {

std::vector<Finding> examine_machine(const Endpoint& endpoint) {
  Finding finding{"endpoint", Verdict::problem, "", "", {}};
  const auto& path = endpoint.address;
  struct stat facts {};
  if (::lstat(path.c_str(), &facts) != 0) {
    finding.found = "there is no socket " + path + ": " + std::strerror(errno);
    finding.advice =
        "Start the service: 'mapi-profile-broker --state DIR', with the same --endpoint";
    return {finding};
  }
  const auto owner = std::to_string(facts.st_uid);
  if (!S_ISSOCK(facts.st_mode)) {
    finding.found = path + " is no socket";
    finding.advice = "Remove it, or name the right endpoint with --endpoint";
    return {finding};
  }
  const auto& trusted = endpoint.trusted_owners;
  if (std::find(trusted.begin(), trusted.end(), owner) == trusted.end()) {
    finding.found = "the socket " + path + " belongs to " + account_name(owner) +
                    ", who is neither root nor this user: it is not the service's";
    finding.advice = "Find out who made it and remove it, then start the service";
    return {finding};
  }
  struct stat folder {};
  const auto parent = std::filesystem::absolute(path).parent_path();
  if (::stat(parent.c_str(), &folder) == 0 && (folder.st_mode & S_IWOTH) != 0 &&
      (folder.st_mode & S_ISVTX) == 0) {
    finding.verdict = Verdict::warning;
    finding.found = "everybody can write the folder of the socket " + path +
                    " and put another one in its place";
    finding.advice = "Let the service listen in a folder of its own account";
    return {finding};
  }
  finding.verdict = Verdict::ok;
  finding.found = "the socket " + path + " belongs to " + account_name(owner);
  return {finding};
}

}  // namespace profile_broker::client::cli
