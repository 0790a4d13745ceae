// What the tool says of profiles, holders and events, in words and as table rows.
#pragma once

#include <string>
#include <vector>

#include "client-lib/cli/table.h"
#include "proto/messages.h"

namespace profile_broker::client::cli {

std::string quoted(const std::string& profile);                     // 'Mail Gateway'
std::string counted(std::uint64_t count, const std::string& noun);  // "1 process", "2 processes"
std::string state_of(const ProfileReport& report);                  // "in use, deletion waits"
// Green while it is used, yellow when it is about to go.
Ink ink_of(const ProfileReport& report);
Ink ink_of(EventKind kind);
std::string holder_text(const HolderReport& holder);    // "outlook.exe (process 7, session 2)"
std::string holders_text(const ProfileReport& report);  // all of them, at most ten
// "outlook.exe (process 7, session 2) for 3 min"; now: the time it is.
std::string remover_text(const RemoverReport& remover, WallTime now);
// Whether whoever deletes it probably hangs.
bool is_long_deletion(const RemoverReport& remover, WallTime now);
WallTime present();                          // the time it is, in milliseconds
std::string time_text(WallTime time);        // "2026-01-31 08:15:00 UTC"
std::string duration_text(double seconds);   // "3 h 12 min"
std::string event_text(const Event& event);  // one line
std::string kept_text(KeptReason reason);

std::vector<Row> status_rows(const result::Status& status, const std::string& endpoint,
                             bool elevated, WallTime now);
std::vector<Row> list_rows(const result::List& list, bool all, WallTime now);
std::vector<Row> holder_rows(const ProfileReport& report);

}  // namespace profile_broker::client::cli
