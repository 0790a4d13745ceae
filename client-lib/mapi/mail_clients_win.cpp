// Keys and values behind mail_clients_win.h.
#include "client-lib/mapi/mail_clients_win.h"

#include <array>

#include "client-lib/mapi/provider_path_win.h"

namespace profile_broker::client::mapi {

// A 32-bit tool serves 32-bit Windows, which has one registry.
const std::vector<Client>& clients() {
  static const std::vector<Client> all =
      sizeof(void*) == 8 ? std::vector<Client>{{View::x64, kClientX64, "x64", L""},
                                               {View::x86, kClientX86, "x86", L"x86\\"}}
                         : std::vector<Client>{{View::own, kClientX86, "x86", L""}};
  return all;
}

std::wstring dll_of(const Client& client) {
  std::array<wchar_t, 32'768> path{};
  const std::wstring tool(
      path.data(), GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
  return tool.substr(0, tool.rfind(L'\\') + 1) + client.folder + kOwnDll;
}

bool is_there(const std::wstring& file) {
  return GetFileAttributesW(file.c_str()) != INVALID_FILE_ATTRIBUTES;
}

RealMapi real_mapi(View view, const std::wstring& program) {
  const auto found = find_provider(
      Kind::extended, view, [&](const std::wstring& module) { return same_name(module, program); });
  return {utf8(found.path), utf8(found.source), utf8(found.problem)};
}

LSTATUS remember(View view, const std::wstring& key, const std::wstring& name, View note_view,
                 const std::wstring& note_key, const std::wstring& note_name) {
  const auto now = read_text(view, key, name);
  if (now && is_own_client(now->text)) {
    return ERROR_SUCCESS;
  }
  return write_text(note_view, note_key, note_name, now.value_or(RegistryText{L"", REG_NONE}));
}

LSTATUS restore(View view, const std::wstring& key, const std::wstring& name,
                const std::optional<RegistryText>& note) {
  const auto now = read_text(view, key, name);
  if (!now || !is_own_client(now->text)) {
    return ERROR_SUCCESS;
  }
  return note && note->type != REG_NONE ? write_text(view, key, name, *note)
                                        : remove_value(view, key, name);
}

LSTATUS register_client(const Client& client) {
  const auto key = std::wstring(kMailClients) + L"\\" + client.name;
  const auto dll = dll_of(client);
  LSTATUS status = write_text(View::own, key, L"", {client.name, REG_SZ});
  for (const wchar_t* value : {L"DLLPath", L"DLLPathEx"}) {
    status = status == ERROR_SUCCESS ? write_text(View::own, key, value, {dll, REG_SZ}) : status;
  }
  return status;
}

LSTATUS register_event_source() {
  const auto dll = dll_of(clients().front());
  const auto messages = dll.substr(0, dll.rfind(L'\\') + 1) + kEventMessages;
  return write_text(View::own, kEventSourceKey, L"EventMessageFile", {messages, REG_EXPAND_SZ});
}

std::vector<std::wstring> programs_of(const Client& client) {
  std::vector<std::wstring> programs;
  for (const auto& app : read_texts(client.view, kMapiApps)) {
    if (is_own_client(app.value.text)) {
      programs.push_back(app.name);
    }
  }
  return programs;
}

bool is_default_now() {
  const auto client = read_text(View::own, kMailClients, L"");
  return client && is_own_client(client->text);
}

}  // namespace profile_broker::client::mapi
