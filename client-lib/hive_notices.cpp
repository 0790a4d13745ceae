// Writing first and reading second, behind hive_notices.h.
#include "client-lib/hive_notices.h"

#include <algorithm>
#include <optional>
#include <sstream>

#include "client-lib/host_name.h"

namespace profile_broker::client {
namespace {

struct Notice {
  ProcessStamp process;
  std::string profile;  // folded
};

// Nothing when it is no notice: perhaps one that is being written, whose writer has yet to read.
std::optional<Notice> read_notice(const std::string& data) {
  std::istringstream words(data);
  std::string host;
  Notice notice;
  words >> host >> notice.process.pid >> notice.process.created;
  std::string name;
  if (!words || words.get() != ' ' || !std::getline(words, name) || notice.process.pid == 0) {
    return std::nullopt;
  }
  const auto parsed = ProfileName::parse(name);
  const auto* profile = std::get_if<ProfileName>(&parsed);
  if (!profile) {
    return std::nullopt;
  }
  notice.profile = profile->folded();
  return notice;
}

// Whether a live process of this host has a notice of that profile there. Cleans up on the way.
bool is_noticed(const HiveValues& notices, const ProfileName& profile) {
  bool noticed = false;
  for (const auto& value : notices.all()) {
    const auto notice = is_of_this_host(value.data) ? read_notice(value.data) : std::nullopt;
    if (!notice) {
      continue;
    }
    if (!may_be_alive(notice->process)) {
      notices.remove(value.name);
    } else {
      noticed = noticed || notice->profile == profile.folded();
    }
  }
  return noticed;
}

bool enter(const HiveValues& own, const HiveValues& others, const std::string& id,
           const ProfileName& profile) {
  own.write(id, notice_data(stamp_of_this_process(), profile));
  if (is_noticed(others, profile)) {
    own.remove(id);
    return false;
  }
  return true;
}

}  // namespace

std::string notice_data(const ProcessStamp& process, const ProfileName& profile) {
  return host_name() + " " + std::to_string(process.pid) + " " + process.created + " " +
         profile.shown();
}

HiveNotices::HiveNotices(const HiveMarks& marks)
    : references_(marks.values().companion("Unregistered References")),
      removals_(marks.values().companion("Removals")) {}

bool HiveNotices::enter_reference(const std::string& id, const ProfileName& profile) const {
  return enter(references_, removals_, id, profile);
}

void HiveNotices::enter_kept_reference(const std::string& id, const ProfileName& profile) const {
  references_.write(id, notice_data(stamp_of_this_process(), profile));
}

void HiveNotices::leave_reference(const std::string& id) const {
  references_.remove(id);
}

bool HiveNotices::has_reference_to(const ProfileName& profile) const {
  return is_noticed(references_, profile);
}

bool HiveNotices::enter_removal(const std::string& claim, const ProfileName& profile) const {
  return enter(removals_, references_, claim, profile);
}

void HiveNotices::leave_removal(const std::string& claim) const {
  removals_.remove(claim);
}

bool HiveNotices::has_own_removal_of(const ProfileName& profile) const {
  const auto own = stamp_of_this_process();
  const auto removals = removals_.all();
  return std::any_of(removals.begin(), removals.end(), [&](const auto& value) {
    const auto notice = is_of_this_host(value.data) ? read_notice(value.data) : std::nullopt;
    return notice && notice->process.pid == own.pid && notice->process.created == own.created &&
           notice->profile == profile.folded();
  });
}

}  // namespace profile_broker::client
