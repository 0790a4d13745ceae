// The mail clients that this product registers, one a bitness, and the values of the registry that
// name them: what routing.h is made of. What stands in a value before ours is noted first, and put
// back only while ours is still there. Windows only; changes need administrator's rights.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client-lib/mapi/registry_win.h"
#include "client-lib/mapi/routing.h"
#include "client-lib/mapi/routing_names_win.h"
#include "client-lib/wide_text_win.h"

namespace profile_broker::client::mapi {

struct Client {
  View view;
  const wchar_t* name;
  const char* bitness;
  const wchar_t* folder;  // of the DLL, below the tool's
};

// One for each registry of the machine; never none.
const std::vector<Client>& clients();

std::wstring dll_of(const Client& client);
bool is_there(const std::wstring& file);

// The MAPI that a program of that bitness goes on to.
RealMapi real_mapi(View view, const std::wstring& program);

// Programs that are routed to that client.
std::vector<std::wstring> programs_of(const Client& client);
bool is_default_now();

LSTATUS register_client(const Client& client);
// One file of texts for both bitnesses, beside the tool.
LSTATUS register_event_source();

// Notes what a value has before it is replaced; ERROR_SUCCESS when it is ours already.
LSTATUS remember(View view, const std::wstring& key, const std::wstring& name, View note_view,
                 const std::wstring& note_key, const std::wstring& note_name);
// Puts back what the note says, as far as the value is still ours.
LSTATUS restore(View view, const std::wstring& key, const std::wstring& name,
                const std::optional<RegistryText>& note);

// Texts of the registry are UTF-16, those of routing.h UTF-8.
inline std::wstring wide(const std::string& utf8) {
  return wide_from_utf8(utf8).value_or(std::wstring());
}
inline std::string utf8(const std::wstring& text) {
  return utf8_from_wide(text).value_or(std::string("?"));
}

}  // namespace profile_broker::client::mapi
