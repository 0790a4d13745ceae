// Writing first and reading second, behind hive_notices.h.
#include "client-lib/hive_notices.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "client-lib/host_name.h"

namespace profile_broker::client {
namespace {

struct Notice {
  ProcessStamp process;
  std::string profile;  // folded
};

// What stands before the next space, and takes both away. Nothing when there is no space.
std::optional<std::string_view> next_word(std::string_view& text) {
  const auto end = text.find(' ');
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  const auto word = text.substr(0, end);
  text.remove_prefix(end + 1);
  return word;
}

// Nothing when it is no notice: perhaps one that is being written, whose writer has yet to read.
std::optional<Notice> read_notice(std::string_view data) {
  const auto host = next_word(data);
  const auto pid = next_word(data);
  const auto created = next_word(data);
  if (!host || !pid || !created) {
    return std::nullopt;
  }
  Notice notice;
  const auto [behind, error] =
      std::from_chars(pid->data(), pid->data() + pid->size(), notice.process.pid);
  if (error != std::errc() || behind != pid->data() + pid->size() || notice.process.pid == 0) {
    return std::nullopt;
  }
  notice.process.created = *created;
  const auto parsed = ProfileName::parse(data);
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
         std::string(profile.shown());
}

HiveNotices::HiveNotices(const HiveMarks& marks)
    : references_(marks.values().companion("Unregistered References")),
      removals_(marks.values().companion("Removals")) {}

bool HiveNotices::enter_reference(const Uuid& id, const ProfileName& profile) const {
  return enter(references_, removals_, text_of(id), profile);
}

void HiveNotices::enter_kept_reference(const Uuid& id, const ProfileName& profile) const {
  references_.write(text_of(id), notice_data(stamp_of_this_process(), profile));
}

void HiveNotices::leave_reference(const Uuid& id) const {
  references_.remove(text_of(id));
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
