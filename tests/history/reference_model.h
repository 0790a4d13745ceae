// What the service should answer, in maps and no cleverness: written from proto/protocol.md, not
// from the service's sources, of which it uses names and values only. Small enough to be believed:
// it knows no journal, no indices, no clock. An answer is a line of text, so that a discrepancy
// reads as one. It cannot know the ids that the service makes up; it is shown them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "service/client_identity.h"
#include "service/dispatcher.h"

namespace profile_broker::history {

using service::Caller;
using service::ConnectionId;
using service::ProcessKey;

using Place = std::pair<std::string, std::string>;  // hive, folded name of a profile

struct ModelClaim {
  std::string id;
  ProcessKey process;
  std::optional<Uuid> released;         // the reference whose release was answered with this claim
  std::optional<ConnectionId> told_on;  // while that connection is open
};

struct ModelReference {
  ProcessKey process;
  std::string label;
};

struct ModelProfile {
  std::string shown;  // as first spelled
  bool temporary = false;
  bool deferred = false;
  std::optional<ModelClaim> claim;
  std::map<Uuid, ModelReference> references;

  bool to_be_deleted() const { return temporary || deferred; }
  bool idle() const { return references.empty() && !claim && !to_be_deleted(); }
};

// A call and what the model is shown of the real answer.
struct Asked {
  const Caller& caller;
  ConnectionId connection = 0;
  bool answered = true;
  Uuid new_reference;                                       // if the service made one
  std::function<std::string(const std::string&)> claim_on;  // by shown name; empty: none granted
};

class ReferenceModel {
 public:
  std::map<Place, ModelProfile> profiles;
  std::map<ProcessKey, std::string> processes;  // hives of those that have held anything
  bool recovering = false;
  bool remembers = true;  // the journal has taken everything so far
  // How many changes the journal will still take; nothing: any number.
  std::optional<unsigned> writes_left;
  service::ServiceLimits limits;

  std::string answer(const Asked& asked, const Call& call);
  void process_ended(const ProcessKey& process);
  void connection_closed(ConnectionId connection);

  // What subscribers of everything hear of the last answer or end.
  std::vector<std::string> events;

  std::map<std::string, std::string> picture() const;

 private:
  std::string on(const Asked& asked, const call::Acquire& call);
  std::string on(const Asked& asked, const call::Release& call);
  std::string on(const Asked& asked, const call::Query& call);
  std::string on(const Asked& asked, const call::List& call);
  std::string on(const Asked& asked, const call::Delete& call);
  std::string on(const Asked& asked, const call::Undelete& call);
  std::string on(const Asked& asked, const call::Sweep& call);
  std::string on(const Asked& asked, const call::Finish& call);
  std::string on(const Asked& asked, const call::Status& call);
  std::string on(const Asked&, const call::Hello&) { return "hello"; }
  std::string on(const Asked&, const call::Subscribe&) { return "subscribed"; }

  bool remember();
  bool know(const Caller& caller);
  bool may_grant(const Asked& asked) const { return !recovering && asked.answered; }
  bool hive_is_full(const std::string& hive) const;
  std::string grant(const Asked& asked, const Place& place, const std::string& spelled,
                    const std::optional<Uuid>& released);  // the claim; empty: cannot be remembered
  std::string told_again(const Asked& asked, ModelProfile& profile);
  void tell(std::string_view event, const Place& place, const ModelProfile& profile,
            const ProcessKey& process);
  void forget_if_idle(const Place& place);
};

// "shown T D claim=... refs=...": one profile in a picture.
std::string text_of(const ModelProfile& profile);
std::string text_of(const ProcessKey& key);
std::string text_of(const Place& place);

}  // namespace profile_broker::history
