#include "tests/windows/standin_mapi/profile_store.h"

#include <array>
#include <cstring>
#include <cwchar>

#include "tests/windows/standin_mapi/profile_property.h"

namespace standin_mapi {
namespace {

constexpr wchar_t kSubsystem[] =
    L"Software\\Microsoft\\Windows NT\\CurrentVersion\\Windows Messaging Subsystem";
constexpr wchar_t kDefaultProfile[] = L"DefaultProfile";

// {00020385-0000-0000-C000-000000000046}, the section that identifies a profile.
constexpr MAPIUID kProfileInstance = {
    {0x85, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}};
// The section in which MAPI lists a profile's message services.
constexpr MAPIUID kServiceList = {{0x92, 0x07, 0xF3, 0xE0, 0xA3, 0xB1, 0x10, 0x19, 0x90, 0x8B, 0x08,
                                   0x00, 0x2B, 0x2A, 0x56, 0xC2}};

std::wstring shelf_path(Shelf shelf) {
  return std::wstring(kSubsystem) +
         (shelf == Shelf::kProfiles ? L"\\Profiles" : L"\\Deleted Profiles");
}

std::wstring profile_path(Shelf shelf, const std::wstring& name) {
  return shelf_path(shelf) + L"\\" + name;
}

LSTATUS new_uid(MAPIUID& uid) {
  static_assert(sizeof(GUID) == sizeof(MAPIUID));
  GUID guid;
  if (CoCreateGuid(&guid) != S_OK) {
    return ERROR_GEN_FAILURE;
  }
  std::memcpy(&uid, &guid, sizeof(uid));
  return ERROR_SUCCESS;
}

LSTATUS write_text(const RegistryKey& section, ULONG id, const std::wstring& text) {
  return section.write(value_name(PROP_TAG(PT_UNICODE, id)), REG_BINARY, text.c_str(),
                       (text.size() + 1) * sizeof(wchar_t));
}

LSTATUS write_uid(const RegistryKey& section, ULONG tag, const MAPIUID& uid) {
  return section.write(value_name(tag), REG_BINARY, &uid, sizeof(uid));
}

LSTATUS write_instance(const RegistryKey& profile, const std::wstring& name) {
  RegistryKey section;
  MAPIUID instance;
  LSTATUS status = new_uid(instance);
  if (status == ERROR_SUCCESS) {
    status = RegistryKey::open(profile.get(), section_name(kProfileInstance), true, section);
  }
  if (status == ERROR_SUCCESS) {
    status = write_text(section, PROP_ID(PR_PROFILE_NAME_W), name);
  }
  return status == ERROR_SUCCESS ? write_uid(section, PR_SEARCH_KEY, instance) : status;
}

LSTATUS write_service(const RegistryKey& profile) {
  RegistryKey service;
  RegistryKey list;
  MAPIUID uid;
  LSTATUS status = new_uid(uid);
  if (status == ERROR_SUCCESS) {
    status = RegistryKey::open(profile.get(), section_name(uid), true, service);
  }
  if (status == ERROR_SUCCESS) {
    status = write_text(service, PROP_ID(PR_SERVICE_NAME_W), L"MSPST MS");
  }
  if (status == ERROR_SUCCESS) {
    status = write_text(service, PROP_ID(PR_DISPLAY_NAME_W), L"Personal Folders");
  }
  if (status == ERROR_SUCCESS) {
    status = write_uid(service, PR_SERVICE_UID, uid);
  }
  if (status == ERROR_SUCCESS) {
    status = RegistryKey::open(profile.get(), section_name(kServiceList), true, list);
  }
  return status == ERROR_SUCCESS ? write_uid(list, PR_SERVICES, uid) : status;
}

LSTATUS copy_tree(Shelf from_shelf, const std::wstring& from, Shelf to_shelf,
                  const std::wstring& to) {
  RegistryKey source;
  RegistryKey target;
  LSTATUS status =
      RegistryKey::open(HKEY_CURRENT_USER, profile_path(from_shelf, from), false, source);
  if (status == ERROR_SUCCESS) {
    status = RegistryKey::open(HKEY_CURRENT_USER, profile_path(to_shelf, to), true, target);
  }
  return status == ERROR_SUCCESS ? RegCopyTreeW(source.get(), nullptr, target.get()) : status;
}

}  // namespace

std::wstring section_name(const MAPIUID& uid) {
  std::wstring name;
  for (const BYTE byte : uid.ab) {
    std::array<wchar_t, 3> digits{};
    std::swprintf(digits.data(), digits.size(), L"%02x", byte);
    name += digits.data();
  }
  return name;
}

LSTATUS create_profile(const std::wstring& name) {
  if (profile_exists(Shelf::kProfiles, name)) {
    return ERROR_ALREADY_EXISTS;
  }
  RegistryKey profile;
  LSTATUS status =
      RegistryKey::open(HKEY_CURRENT_USER, profile_path(Shelf::kProfiles, name), true, profile);
  if (status == ERROR_SUCCESS) {
    status = write_instance(profile, name);
  }
  return status == ERROR_SUCCESS ? write_service(profile) : status;
}

LSTATUS open_profile(Shelf shelf, const std::wstring& name, StoredProfile& result) {
  LSTATUS status =
      RegistryKey::open(HKEY_CURRENT_USER, profile_path(shelf, name), false, result.key);
  RegistryKey section;
  if (status == ERROR_SUCCESS) {
    status = RegistryKey::open(result.key.get(), section_name(kProfileInstance), false, section);
  }
  return status == ERROR_SUCCESS ? section.read(value_name(PR_SEARCH_KEY), result.instance)
                                 : status;
}

bool profile_exists(Shelf shelf, const std::wstring& name) {
  RegistryKey key;
  return RegistryKey::open(HKEY_CURRENT_USER, profile_path(shelf, name), false, key) ==
         ERROR_SUCCESS;
}

std::vector<std::wstring> profile_names(Shelf shelf) {
  RegistryKey key;
  const LSTATUS status = RegistryKey::open(HKEY_CURRENT_USER, shelf_path(shelf), false, key);
  return status == ERROR_SUCCESS ? key.subkeys() : std::vector<std::wstring>();
}

LSTATUS find_instance(const std::wstring& name, const InstanceId& instance, RegistryKey& result) {
  for (const Shelf shelf : {Shelf::kDeleted, Shelf::kProfiles}) {
    StoredProfile profile;
    if (open_profile(shelf, name, profile) == ERROR_SUCCESS && profile.instance == instance) {
      result = std::move(profile.key);
      return ERROR_SUCCESS;
    }
  }
  return ERROR_KEY_DELETED;
}

LSTATUS remove_profile(Shelf shelf, const std::wstring& name) {
  return RegDeleteTreeW(HKEY_CURRENT_USER, profile_path(shelf, name).c_str());
}

LSTATUS set_profile_aside(const std::wstring& name) {
  remove_profile(Shelf::kDeleted, name);
  const LSTATUS status = copy_tree(Shelf::kProfiles, name, Shelf::kDeleted, name);
  return status == ERROR_SUCCESS ? remove_profile(Shelf::kProfiles, name) : status;
}

LSTATUS copy_profile(const std::wstring& from, const std::wstring& to) {
  if (profile_exists(Shelf::kProfiles, to)) {
    return ERROR_ALREADY_EXISTS;
  }
  LSTATUS status = copy_tree(Shelf::kProfiles, from, Shelf::kProfiles, to);
  StoredProfile copy;
  if (status == ERROR_SUCCESS) {
    status = open_profile(Shelf::kProfiles, to, copy);
  }
  return status == ERROR_SUCCESS ? write_instance(copy.key, to) : status;
}

std::optional<std::wstring> default_profile() {
  RegistryKey key;
  const LSTATUS status =
      RegistryKey::open(HKEY_CURRENT_USER, shelf_path(Shelf::kProfiles), false, key);
  return status == ERROR_SUCCESS ? key.text(kDefaultProfile) : std::nullopt;
}

LSTATUS set_default_profile(const std::optional<std::wstring>& name) {
  RegistryKey key;
  const LSTATUS status =
      RegistryKey::open(HKEY_CURRENT_USER, shelf_path(Shelf::kProfiles), true, key);
  if (status != ERROR_SUCCESS) {
    return status;
  }
  if (!name) {
    const LSTATUS removed = RegDeleteValueW(key.get(), kDefaultProfile);
    return removed == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : removed;
  }
  return key.write(kDefaultProfile, REG_SZ, name->c_str(), (name->size() + 1) * sizeof(wchar_t));
}

}  // namespace standin_mapi
