// Which DLL is the real MAPI of a program: the one that Windows' mapi32.dll would have taken, had
// this product not been there. Windows only; used by the MAPI client DLL and by the tool.
//
// In this order: what Group Policy says; ProviderPath of our settings; the client that MSMapiApps
// names for a program or DLL of the process, ours passed over for the one that it replaced; the
// default client, likewise. Of a client: its MSIComponentID, else DLLPathEx (DLLPath for Simple
// MAPI). A program with no client gets mapi32x.dll, the system's own MAPI, if there is one.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "client-lib/mapi/registry_win.h"

namespace profile_broker::client::mapi {

enum class Kind { extended, simple };

struct ProviderPath {
  std::wstring path;     // full; empty when nothing names a provider
  std::wstring source;   // in words, where that comes from
  std::wstring problem;  // in words, why it cannot be the real MAPI; empty when it can
};

// Whether a program or DLL of that file name is part of the process in question.
using InProcess = std::function<bool(const std::wstring& module)>;

// view: the bitness of the process in question.
ProviderPath find_provider(Kind kind, View view, const InProcess& in_process);

// The path that Group Policy sets for programs of that bitness; nothing when it sets none.
std::optional<std::wstring> provider_by_policy(View view);

// Why a file cannot be the real MAPI of a process of that bitness, in words; empty when nothing
// speaks against it. Opens the file, loads nothing.
std::wstring problem_of_provider(const std::wstring& path, View view);

// Whether two paths lead to one file.
bool same_file(const std::wstring& a, const std::wstring& b);

}  // namespace profile_broker::client::mapi
