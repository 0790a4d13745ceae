// What a hive's profile looks like to whoever may see it: read from the table where it is kept, and
// written straight into an answer, or made into a report that stays.
#pragma once

#include <string>
#include <string_view>

#include "proto/json_writer.h"
#include "proto/messages.h"
#include "service/table_entries.h"

namespace profile_broker::service {

// The result of a query, until the table's next change.
struct LiveProfile {
  const Profile* profile = nullptr;  // null: the service knows nothing of it
  std::string_view asked;            // its name then; of the call
};

// The result, the same text as that of report_on() in a result::Query.
void write_result(JsonWriter& json, const LiveProfile& found);

ProfileReport report_on(const std::string& hive, const Profile& profile);
RemoverReport remover_of(const Claim& claim);

}  // namespace profile_broker::service
