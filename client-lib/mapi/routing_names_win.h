// The registry keys and values by which Windows' mapi32.dll chooses a MAPI, and ours, in one place.
// Below HKEY_LOCAL_MACHINE\Software; on 64-bit Windows `Clients` is one for both bitnesses, the
// others exist twice.
//
//   Clients\Mail                               (default) = the default client
//   Clients\Mail\<client>                      MSIComponentID, DLLPathEx, DLLPath
//   Microsoft\Windows Messaging Subsystem\MSMapiApps
//                                              <program.exe> = <client>: before the default client
//   MAPI Profile Broker\MAPI Client            ProviderPath = the real MAPI, when an administrator
//                                              says so; Default Client = who was it before us
//   MAPI Profile Broker\MAPI Client\Programs   <program.exe> = what MSMapiApps had before us
//   Policies\MAPI Profile Broker\MAPI Client   Group Policy's ProviderPath and ProviderPathX86; one
//   key
//                                              for both bitnesses, as all of Policies
#pragma once

#include <string>

namespace profile_broker::client::mapi {

inline constexpr wchar_t kMailClients[] = L"Software\\Clients\\Mail";
inline constexpr wchar_t kMapiApps[] =
    L"Software\\Microsoft\\Windows Messaging Subsystem\\MSMapiApps";
inline constexpr wchar_t kOwnSettings[] = L"Software\\MAPI Profile Broker\\MAPI Client";
inline constexpr wchar_t kRememberedPrograms[] =
    L"Software\\MAPI Profile Broker\\MAPI Client\\Programs";
inline constexpr wchar_t kProviderPath[] = L"ProviderPath";
inline constexpr wchar_t kPolicies[] = L"Software\\Policies\\MAPI Profile Broker\\MAPI Client";
inline constexpr wchar_t kProviderPathX86[] = L"ProviderPathX86";
inline constexpr wchar_t kDefaultClient[] = L"Default Client";

inline constexpr wchar_t kClientX64[] = L"MAPI Profile Broker x64";
inline constexpr wchar_t kClientX86[] = L"MAPI Profile Broker x86";
inline constexpr wchar_t kOwnDll[] = L"mapi_profile_broker.dll";

// Source of the one line that the DLL writes to the event log when it finds no real MAPI.
inline constexpr wchar_t kEventSource[] = L"MapiProfileBrokerClient";
inline constexpr wchar_t kEventMessages[] = L"mapi_profile_broker_events.dll";
inline constexpr wchar_t kEventSourceKey[] =
    L"SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\MapiProfileBrokerClient";

// Whether two names of clients, programs or files are one, as the registry and the file system
// have it.
bool same_name(const std::wstring& a, const std::wstring& b);

bool is_own_client(const std::wstring& client);

}  // namespace profile_broker::client::mapi
