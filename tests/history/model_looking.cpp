// What the model shows of itself: the answers of calls that only look, and its picture for
// comparing it with the service's table.
#include "tests/history/reference_model.h"

namespace profile_broker::history {

std::string text_of(const ProcessKey& key) {
  return std::to_string(key.pid) + '.' + std::to_string(key.created);
}
std::string text_of(const Place& place) {
  return place.first + '\\' + place.second;
}

std::string text_of(const ModelProfile& profile) {
  std::string text = profile.shown + (profile.temporary ? " temporary" : "") +
                     (profile.deferred ? " deferred" : "");
  if (profile.claim) {
    text += " claim " + profile.claim->id + " of " + text_of(profile.claim->process) +
            (profile.claim->released ? " for " + text_of(*profile.claim->released) : "");
  }
  for (const auto& [id, reference] : profile.references) {
    text += "; " + text_of(id) + " of " + text_of(reference.process) + ' ' + reference.label;
  }
  return text;
}

std::map<std::string, std::string> ReferenceModel::picture() const {
  std::map<std::string, std::string> picture;
  for (const auto& [place, profile] : profiles) {
    picture[text_of(place)] = text_of(profile);
  }
  for (const auto& [key, hive] : processes) {
    picture["process " + text_of(key)] = hive;
  }
  return picture;
}

std::string ReferenceModel::on(const Asked& asked, const call::Query& call) {
  if (call.hive && *call.hive != asked.caller.holder.hive && !asked.caller.elevated) {
    return "refused accessDenied";
  }
  const auto found =
      profiles.find({call.hive.value_or(asked.caller.holder.hive), call.profile.folded()});
  if (found == profiles.end()) {
    return "usage of " + std::string(call.profile.shown()) + ": 0";
  }
  const ModelProfile& profile = found->second;
  return "usage of " + profile.shown + ": " + std::to_string(profile.references.size()) +
         (profile.temporary ? " temporary" : "") + (profile.deferred ? " deferred" : "") +
         (profile.claim ? " being removed" : "");
}

std::string ReferenceModel::on(const Asked& asked, const call::List& call) {
  if ((call.all || (call.hive && *call.hive != asked.caller.holder.hive)) &&
      !asked.caller.elevated) {
    return "refused accessDenied";
  }
  std::string text = "list";
  for (const auto& [place, profile] : profiles) {
    const bool wanted = call.hive  ? place.first == *call.hive
                        : call.all ? true
                                   : place.first == asked.caller.holder.hive;
    if (wanted) {
      text += "; " + place.first + ' ' + profile.shown + ' ' +
              std::to_string(profile.references.size()) + (profile.temporary ? " temporary" : "") +
              (profile.deferred ? " deferred" : "") + (profile.claim ? " being removed" : "");
    }
  }
  return text;
}

std::string ReferenceModel::on(const Asked& asked, const call::Status&) {
  const bool all = asked.caller.elevated;
  std::size_t known = 0;
  std::size_t references = 0;
  std::size_t claims = 0;
  std::size_t holders = 0;
  for (const auto& [place, profile] : profiles) {
    if (all || place.first == asked.caller.holder.hive) {
      ++known;
      references += profile.references.size();
      claims += profile.claim ? 1 : 0;
    }
  }
  for (const auto& [key, hive] : processes) {
    holders += all || hive == asked.caller.holder.hive ? 1 : 0;
  }
  return "status: " + std::to_string(known) + " profiles, " + std::to_string(references) +
         " references, " + std::to_string(holders) + " processes, " + std::to_string(claims) +
         " claims" + (recovering ? ", recovering" : "") + (remembers ? "" : ", cannot write");
}

}  // namespace profile_broker::history
