// The rows of a profile table, out of real MAPI's objects and buffers: the profile's name and
// whether it is the default one, which is all that MAPI tells of profiles.
#pragma once

#include <windows.h>

#include <mapix.h>

#include <optional>
#include <string>
#include <vector>

namespace profile_broker::client::mapi {

struct ProfileRow {
  std::wstring name;
  std::string ansi_name;
  std::string folded;  // as ProfileName has it
  bool is_default = false;
};

// Reads a fresh table to its end. Nothing when it cannot be read.
std::optional<std::vector<ProfileRow>> profile_rows(IMAPITable& table);

// Whether a row meets a restriction; nothing when it is of a kind that profile tables have no use
// for.
std::optional<bool> meets(const ProfileRow& row, const SRestriction& restriction);

// What a sort order says of two rows: negative, 0 or positive.
int compare_rows(const ProfileRow& a, const ProfileRow& b, const SSortOrder& order);

// The value of a column as text or number in buffers that hang on `owner`; PT_ERROR for other
// columns. False when there is no memory.
bool put_value(const ProfileRow& row, ULONG tag, void* owner, SPropValue& value);

}  // namespace profile_broker::client::mapi
