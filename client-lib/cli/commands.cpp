// The commands that only look, behind commands.h. Those that change something are in
// changing_commands.cpp, `watch` is in watching.cpp, `doctor` in doctor.cpp.
#include "client-lib/cli/commands.h"

#include "client-lib/cli/words.h"

namespace profile_broker::client::cli {
namespace {

// The result as the wire has it.
OrderedJson json_of(const Result& result) {
  return OrderedJson::parse(result_text(result));
}

}  // namespace

Commands::Commands(Endpoint endpoint, bool json, const Console& console)
    : endpoint_(endpoint),
      json_(json),
      console_(console),
      paint_(console.has_colours),
      client_(std::move(endpoint), HiveMarks(HiveMarks::default_location())) {}

void Commands::print_json(const OrderedJson& json) const {
  console_.out(json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
}

int Commands::fail(const std::string& what, std::uint32_t result, const std::string& why,
                   bool absent) const {
  const auto text = what + ": " + printable(why);
  if (json_) {
    print_json({{"error", {{"hresult", hresult_text(result)}, {"message", text}}}});
  }
  console_.error("profile-broker: " + text + " (" + hresult_text(result) + ")\n");
  return absent ? kNoService : kFailed;
}

int Commands::fail(const std::string& what, const Failure& failure) const {
  return fail(what, failure.hresult, failure.text, failure.is_absence());
}

int Commands::status() {
  const auto standing = client_.standing();
  if (!standing.available) {
    const auto asked = client_.ask<result::Status>(call::Status{});  // for the reason
    return asked ? status() : fail("the service's state cannot be shown", asked.failure());
  }
  if (json_) {
    auto json = json_of(standing.status);
    json["endpoint"] = endpoint_.address;
    json["elevated"] = standing.elevated;
    print_json(json);
  } else {
    console_.out(
        aligned(status_rows(standing.status, endpoint_.address, standing.elevated, present()),
                paint_, console_.columns()));
  }
  return kOk;
}

int Commands::list(bool all) {
  const auto answer = client_.ask<result::List>(call::List{all, std::nullopt});
  if (!answer) {
    return fail(all ? "the profiles of all accounts cannot be listed" : "profiles cannot be listed",
                answer.failure());
  }
  if (json_) {
    print_json(json_of(*answer));
  } else if (answer->profiles.empty()) {
    console_.out(all ? "No account has a profile in use or left over.\n"
                     : "This account has no profile in use or left over.\n");
  } else {
    console_.out(aligned(list_rows(*answer, all, present()), paint_, console_.columns()));
  }
  return kOk;
}

int Commands::query(const ProfileName& profile) {
  const auto answer = client_.ask<result::Query>(call::Query{profile, std::nullopt});
  if (!answer) {
    return fail("profile " + quoted(std::string(profile.shown())) + " cannot be queried",
                answer.failure());
  }
  const auto& report = answer->report;
  if (json_) {
    print_json(json_of(*answer));
  } else {
    std::string text = "Profile " + quoted(report.profile) + " is " + state_of(report);
    if (report.references > 0) {
      text += ": " + counted(report.references, "reference") + " of " + holders_text(report);
    } else if (report.remover) {
      text += " by " + remover_text(*report.remover, present());
    }
    console_.out(text + ".\n");
  }
  return report.references > 0 || report.being_removed ? kInUse : kOk;
}

int Commands::holders(const ProfileName& profile) {
  const auto answer = client_.ask<result::Query>(call::Query{profile, std::nullopt});
  if (!answer) {
    return fail(
        "the holders of profile " + quoted(std::string(profile.shown())) + " cannot be listed",
        answer.failure());
  }
  const auto& report = answer->report;
  if (json_) {
    const auto json = json_of(*answer);
    print_json(
        {{"profile", json["profile"]}, {"holders", json["holders"]}, {"remover", json["remover"]}});
  } else if (report.remover) {
    console_.out("Profile " + quoted(report.profile) + " is being deleted by " +
                 remover_text(*report.remover, present()) + ".\n");
  } else if (report.holders.empty()) {
    console_.out("No process uses profile " + quoted(report.profile) + ".\n");
  } else {
    console_.out(aligned(holder_rows(report), paint_, console_.columns()));
  }
  return kOk;
}

}  // namespace profile_broker::client::cli
