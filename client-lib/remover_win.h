// Deleting a profile through a given MAPI: the default remover's work (remover.h), for those who
// have found their MAPI by themselves. Windows only.
#pragma once

#include <windows.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace profile_broker::client {

struct ProfileAdmin;  // the head of IProfAdmin

// The three functions of a MAPI that a removal calls.
struct MapiFunctions {
  HRESULT(STDAPICALLTYPE* initialize)(void*) = nullptr;
  void(STDAPICALLTYPE* uninitialize)() = nullptr;
  HRESULT(STDAPICALLTYPE* admin_profiles)(ULONG, ProfileAdmin**) = nullptr;

  explicit operator bool() const { return initialize && uninitialize && admin_profiles; }
};

// Initialises MAPI once more, runs the work on its IProfAdmin, which it borrows, and ends both.
HRESULT with_profile_admin(const MapiFunctions& mapi,
                           const std::function<HRESULT(ProfileAdmin&)>& work);

// The name in the process's ANSI code page, which is all that MAPI's profile functions are sure to
// take; nothing when it has other characters.
std::optional<std::string> ansi_from_wide(const std::wstring& text);

// IProfAdmin::DeleteProfile. profile: UTF-8. An HRESULT.
std::uint32_t remove_profile(const MapiFunctions& mapi, const std::string& profile);

}  // namespace profile_broker::client
