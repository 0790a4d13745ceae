// The commands that change something: sweep, delete, undelete (commands.h).
#include "client-lib/cli/commands.h"
#include "client-lib/cli/words.h"
#include "client-lib/error_text.h"

namespace profile_broker::client::cli {
namespace {

constexpr const char* kNoMapi =
    "there is no MAPI on this system to delete profiles with; marked profiles stay marked";

}  // namespace

int Commands::sweep() {
  BrokerClient::Swept swept;
  const auto done = client_.sweep(swept);
  if (done.result != hresult::kOk) {
    const auto so_far = swept.removed.empty()
                            ? std::string()
                            : " after " + counted(swept.removed.size(), "profile") + " of it";
    return fail("the sweep has ended" + so_far, done.result, done.text, done.absent);
  }
  if (json_) {
    const auto kept = OrderedJson::parse(result_text(result::Sweep{{}, swept.kept}))["kept"];
    OrderedJson json = {
        {"removed", swept.removed}, {"kept", kept}, {"failed", OrderedJson::array()}};
    for (const auto& failed : swept.failed) {
      json["failed"].push_back(
          {{"profile", failed.profile}, {"hresult", hresult_text(failed.result)}});
    }
    print_json(json);
  } else {
    for (const auto& name : swept.removed) {
      console_.out("Deleted  " + quoted(name) + "\n");
    }
    for (const auto& kept : swept.kept) {
      console_.out("Kept     " + quoted(kept.profile) + ": " + kept_text(kept.reason) + "\n");
    }
    if (swept.removed.empty() && swept.kept.empty() && swept.failed.empty()) {
      console_.out("Nothing is left over.\n");
    }
  }
  for (const auto& failed : swept.failed) {
    console_.error("profile-broker: profile " + quoted(failed.profile) +
                   " is left over and could not be deleted: " +
                   (client_.has_remover() ? error_text(failed.result) : kNoMapi) + " (" +
                   hresult_text(failed.result) + ")\n");
  }
  return swept.failed.empty() ? kOk : kFailed;
}

int Commands::delete_profile(const ProfileName& profile) {
  bool deferred = false;
  const auto done = client_.delete_profile(profile, deferred);
  const auto name = quoted(std::string(profile.shown()));
  if (done.result != hresult::kOk) {
    return fail("profile " + name + " was not deleted", done.result,
                done.text.empty() ? error_text(done.result) : done.text, done.absent);
  }
  if (json_) {
    print_json({{"profile", profile.shown()}, {"deleted", !deferred}, {"deferred", deferred}});
  }
  if (done.absent) {
    console_.error("profile-broker: profile " + name +
                   " is marked for deletion, not deleted: " + done.text +
                   ". Nobody knows whether it is in use; the next sweep with the service running "
                   "deletes it.\n");
    return kNoService;
  }
  if (!json_) {
    console_.out(deferred ? "Profile " + name +
                                " is marked for deletion; it is deleted when its "
                                "last user ends" +
                                users_of(profile) + ". 'profile-broker undelete' takes that back.\n"
                          : "Profile " + name + " is deleted.\n");
  }
  return deferred ? kInUse : kOk;
}

int Commands::undelete(const ProfileName& profile) {
  const auto done = client_.undelete(profile);
  const auto name = quoted(std::string(profile.shown()));
  if (done.result != hresult::kOk) {
    return fail("the deletion of profile " + name + " was not taken back", done.result, done.text,
                done.absent);
  }
  if (json_) {
    print_json({{"profile", profile.shown()}, {"temporary", false}, {"deletionDeferred", false}});
  } else {
    console_.out("Profile " + name + " stays: it is neither temporary nor marked for deletion.\n");
  }
  return kOk;
}

std::string Commands::users_of(const ProfileName& profile) {
  const auto answer = client_.ask<result::Query>(call::Query{profile, std::nullopt});
  return answer && !answer->report.holders.empty() ? ": " + holders_text(answer->report)
                                                   : std::string();
}

}  // namespace profile_broker::client::cli
