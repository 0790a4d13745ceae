// A profile table without the profiles that MAPI would hide had it marked them itself: a snapshot,
// as profile tables are, with everything that IMAPITable offers for one. Made only when there is
// something to hide; otherwise the program gets real MAPI's own.
#pragma once

#include "client-lib/mapi/profile_rows_win.h"

namespace profile_broker::client::mapi {

// unicode: the name column is PR_DISPLAY_NAME_W. The caller releases it. Null: no memory.
IMAPITable* make_profile_table(std::vector<ProfileRow> rows, bool unicode) noexcept;

}  // namespace profile_broker::client::mapi
