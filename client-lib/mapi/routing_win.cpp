// The registry behind routing.h; its keys and values are in routing_names_win.h.
//
// On the way in, what is replaced is remembered before it is replaced; on the way out it is
// restored before the note of it goes. So a change that breaks off in the middle can be made or
// taken back once more.
#include "client-lib/mapi/routing.h"

#include <algorithm>
#include <array>

#include "client-lib/mapi/provider_path_win.h"
#include "client-lib/mapi/registry_win.h"
#include "client-lib/mapi/routing_names_win.h"
#include "client-lib/wide_text_win.h"

namespace profile_broker::client::mapi {
namespace {

constexpr wchar_t kReplacedProvider[] = L"Replaced ProviderPath";

struct Client {
  View view;
  const wchar_t* name;
  const char* bitness;
  const wchar_t* folder;  // of the DLL, below the tool's
};

// A 32-bit tool serves 32-bit Windows, which has one registry.
const std::vector<Client>& clients() {
  static const std::vector<Client> all =
      sizeof(void*) == 8 ? std::vector<Client>{{View::x64, kClientX64, "x64", L""},
                                               {View::x86, kClientX86, "x86", L"x86\\"}}
                         : std::vector<Client>{{View::own, kClientX86, "x86", L""}};
  return all;
}

std::wstring wide(const std::string& utf8) {
  return wide_from_utf8(utf8).value_or(std::wstring());
}

std::string utf8(const std::wstring& text) {
  return utf8_from_wide(text).value_or(std::string("?"));
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

// The first failure of a row of steps ends it.
class Steps {
 public:
  bool go_on() const { return status_ == ERROR_SUCCESS; }
  template <typename Step>
  Steps& then(const char* what, Step&& step) {
    if (go_on()) {
      status_ = step();
      what_ = what;
    }
    return *this;
  }
  std::string error() const {
    if (go_on()) {
      return {};
    }
    return std::string("cannot ") + what_ +
           (status_ == ERROR_ACCESS_DENIED ? ": access denied; run the command as administrator"
                                           : ": Win32 error " + std::to_string(status_));
  }

 private:
  LSTATUS status_ = ERROR_SUCCESS;
  const char* what_ = "";
};

// Notes what a value has before it is replaced; ERROR_SUCCESS when it is ours already.
LSTATUS remember(View view, const std::wstring& key, const std::wstring& name, View note_view,
                 const std::wstring& note_key, const std::wstring& note_name) {
  const auto now = read_text(view, key, name);
  if (now && is_own_client(now->text)) {
    return ERROR_SUCCESS;
  }
  return write_text(note_view, note_key, note_name, now.value_or(RegistryText{L"", REG_NONE}));
}

// Puts back what the note says, as far as the value is still ours.
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

// One file of texts for both bitnesses, beside the tool.
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

// Nobody is waited for: who does not listen now reads the registry at its next start. Without a
// shell nobody listens at all.
void announce_default_client() {
  if (GetShellWindow()) {
    SendNotifyMessageW(HWND_BROADCAST, WM_SETTINGCHANGE, 0,
                       reinterpret_cast<LPARAM>(L"Software\\Clients\\Mail"));
  }
}

LSTATUS set_provider(const std::wstring& provider) {
  LSTATUS status = ERROR_SUCCESS;
  for (const auto& client : clients()) {
    // The other bitness cannot load it.
    if (!problem_of_provider(provider, client.view).empty()) {
      continue;
    }
    const auto before = read_text(client.view, kOwnSettings, kProviderPath);
    if (!read_text(client.view, kOwnSettings, kReplacedProvider)) {
      status = write_text(client.view, kOwnSettings, kReplacedProvider,
                          before.value_or(RegistryText{L"", REG_NONE}));
    }
    if (status == ERROR_SUCCESS) {
      status = write_text(client.view, kOwnSettings, kProviderPath, {provider, REG_SZ});
    }
  }
  return status;
}

LSTATUS restore_provider(const Client& client) {
  const auto note = read_text(client.view, kOwnSettings, kReplacedProvider);
  if (!note) {
    return ERROR_SUCCESS;
  }
  const LSTATUS status = note->type == REG_NONE
                             ? remove_value(client.view, kOwnSettings, kProviderPath)
                             : write_text(client.view, kOwnSettings, kProviderPath, *note);
  return status == ERROR_SUCCESS ? remove_value(client.view, kOwnSettings, kReplacedProvider)
                                 : status;
}

std::string bad_provider(const std::string& provider) {
  if (provider.empty()) {
    return {};
  }
  std::string why;
  for (const auto& client : clients()) {
    const auto problem = problem_of_provider(wide(provider), client.view);
    if (problem.empty()) {
      return {};
    }
    why += (why.empty() ? "" : "; ") + utf8(problem);
  }
  return "'" + provider + "' cannot be the real MAPI: " + why;
}

// What both ways in have in common: the clients that can be offered, and the real MAPI.
struct Preparation {
  std::string error;
  std::vector<const Client*> usable;
  std::vector<std::string> notes;
};

Preparation prepare(const std::string& provider) {
  Preparation made;
  made.error = bad_provider(provider);
  for (const auto& client : clients()) {
    const auto dll = dll_of(client);
    if (is_there(dll)) {
      made.usable.push_back(&client);
    } else {
      made.notes.push_back(std::string(client.bitness) + " programs are not routed: there is no " +
                           utf8(dll));
    }
  }
  if (made.error.empty() && made.usable.empty()) {
    made.error = "the MAPI client DLL is not installed beside this tool: there is no " +
                 utf8(dll_of(clients().front()));
  }
  return made;
}

void clean_up(Steps& steps) {
  const bool in_use = is_default_now() ||
                      std::any_of(clients().begin(), clients().end(),
                                  [](const auto& client) { return !programs_of(client).empty(); });
  if (in_use) {
    return;
  }
  for (const auto& client : clients()) {
    steps
        .then("remove the mail client's key",
              [&] {
                return remove_tree(View::own, std::wstring(kMailClients) + L"\\" + client.name);
              })
        .then("restore ProviderPath", [&] { return restore_provider(client); });
    remove_if_empty(client.view, kRememberedPrograms);
    remove_if_empty(client.view, kOwnSettings);
    remove_if_empty(client.view, L"Software\\MAPI Profile Broker");
    remove_if_empty(client.view, kMapiApps);
    remove_if_empty(client.view, L"Software\\Microsoft\\Windows Messaging Subsystem");
  }
  steps.then("remove the event source", [&] { return remove_tree(View::own, kEventSourceKey); });
}

void take_out(Steps& steps, const Client& client, const std::wstring& program) {
  const auto note = read_text(client.view, kRememberedPrograms, program);
  steps.then("change MSMapiApps", [&] { return restore(client.view, kMapiApps, program, note); })
      .then("forget the program's earlier MAPI",
            [&] { return remove_value(client.view, kRememberedPrograms, program); });
}

void take_default_back(Steps& steps) {
  const bool was_default = is_default_now();
  const auto note = read_text(clients().front().view, kOwnSettings, kDefaultClient);
  steps.then("change the default mail client",
             [&] { return restore(View::own, kMailClients, L"", note); });
  for (const auto& client : clients()) {
    steps.then("forget the earlier default mail client",
               [&] { return remove_value(client.view, kOwnSettings, kDefaultClient); });
  }
  if (was_default && steps.go_on()) {
    announce_default_client();
  }
}

bool is_program_name(const std::wstring& name) {
  if (name.size() < 5 || name.find_first_of(L"\\/:*?\"<>|") != std::wstring::npos) {
    return false;
  }
  const auto suffix = name.substr(name.size() - 4);
  return same_name(suffix, L".exe") || same_name(suffix, L".dll");
}

void note_problem(RoutingChange& change, const Client& client, const RealMapi& mapi) {
  if (mapi.path.empty()) {
    change.notes.push_back(std::string(client.bitness) +
                           " programs have no real MAPI to go on to: " + mapi.source);
  } else if (!mapi.problem.empty()) {
    change.notes.push_back(std::string(client.bitness) +
                           " programs cannot go on to the real MAPI " + mapi.path + " (" +
                           mapi.source + "): " + mapi.problem);
  }
}

}  // namespace

RoutingReport routing_report() {
  RoutingReport report;
  const auto client_name = read_text(View::own, kMailClients, L"");
  report.default_client = client_name ? utf8(client_name->text) : std::string();
  report.is_default = is_default_now();
  for (const auto& client : clients()) {
    const bool is_x64 = client.view == View::x64;
    const auto dll = dll_of(client);
    report.clients.push_back({client.bitness, utf8(dll), is_there(dll)});
    (is_x64 ? report.x64_mapi : report.x86_mapi) = real_mapi(client.view, L"");
    for (const auto& program : programs_of(client)) {
      auto entry =
          std::find_if(report.programs.begin(), report.programs.end(),
                       [&](const auto& known) { return same_name(wide(known.program), program); });
      if (entry == report.programs.end()) {
        entry = report.programs.insert(entry, RoutedProgram{utf8(program), false, false, {}, {}});
      }
      (is_x64 ? entry->x64 : entry->x86) = true;
      (is_x64 ? entry->x64_mapi : entry->x86_mapi) = real_mapi(client.view, program);
    }
  }
  return report;
}

RoutingChange route_program(const std::string& program, const std::string& provider) {
  const auto name = wide(program);
  if (!is_program_name(name)) {
    return {"'" + program + "' is not the file name of a program, as in GATEWAY.EXE", {}};
  }
  auto made = prepare(provider);
  RoutingChange change{made.error, made.notes};
  if (!change.error.empty()) {
    return change;
  }
  Steps steps;
  if (!provider.empty()) {
    steps.then("write ProviderPath", [&] { return set_provider(wide(provider)); });
  }
  for (const auto* client : made.usable) {
    steps.then("register the mail client", [&] { return register_client(*client); })
        .then("register the event source", [&] { return register_event_source(); })
        .then("remember the program's present MAPI",
              [&] {
                return remember(client->view, kMapiApps, name, client->view, kRememberedPrograms,
                                name);
              })
        .then("change MSMapiApps", [&] {
          return write_text(client->view, kMapiApps, name, {client->name, REG_SZ});
        });
  }
  change.error = steps.error();
  // A machine has MAPI of one bitness; only when it has none at all there is something to say.
  std::vector<RealMapi> found;
  for (const auto* client : made.usable) {
    found.push_back(real_mapi(client->view, name));
  }
  const bool any = std::any_of(found.begin(), found.end(), [](const auto& mapi) {
    return !mapi.path.empty() && mapi.problem.empty();
  });
  for (std::size_t i = 0; !any && i < found.size(); ++i) {
    note_problem(change, *made.usable[i], found[i]);
  }
  return change;
}

// One default client serves both bitnesses, and a machine has MAPI of one: that one's DLL it is.
RoutingChange route_default(const std::string& provider) {
  auto made = prepare(provider);
  RoutingChange change{made.error, {}};
  if (!change.error.empty()) {
    return change;
  }
  Steps steps;
  if (!provider.empty()) {
    steps.then("write ProviderPath", [&] { return set_provider(wide(provider)); });
  }
  const Client* chosen = made.usable.front();
  for (const auto* client : made.usable) {
    const auto mapi = real_mapi(client->view, L"");
    if (!mapi.path.empty() && mapi.problem.empty()) {
      chosen = client;
      break;
    }
  }
  steps.then("register the mail client", [&] { return register_client(*chosen); })
      .then("register the event source", [&] { return register_event_source(); });
  for (const auto& client : clients()) {
    steps.then("remember the default mail client", [&] {
      return remember(View::own, kMailClients, L"", client.view, kOwnSettings, kDefaultClient);
    });
  }
  steps.then("change the default mail client", [&] {
    return write_text(View::own, kMailClients, L"", {chosen->name, REG_SZ});
  });
  change.error = steps.error();
  if (change.error.empty()) {
    announce_default_client();
    change.notes.push_back(std::string("all ") + chosen->bitness +
                           " programs that have no MAPI of their own in MSMapiApps are routed");
    note_problem(change, *chosen, real_mapi(chosen->view, L""));
  }
  return change;
}

RoutingChange unroute_program(const std::string& program) {
  const auto name = wide(program);
  const bool known = std::any_of(clients().begin(), clients().end(), [&](const auto& client) {
    const auto programs = programs_of(client);
    return std::any_of(programs.begin(), programs.end(),
                       [&](const auto& routed) { return same_name(routed, name); }) ||
           read_text(client.view, kRememberedPrograms, name).has_value();
  });
  if (!known) {
    return {"'" + program + "' is not routed; 'profile-broker mapi list' shows who is", {}};
  }
  Steps steps;
  for (const auto& client : clients()) {
    take_out(steps, client, name);
  }
  clean_up(steps);
  return {steps.error(), {}};
}

RoutingChange unroute_default() {
  if (!is_default_now() && !read_text(clients().front().view, kOwnSettings, kDefaultClient)) {
    return {"this product is not the default mail client", {}};
  }
  Steps steps;
  take_default_back(steps);
  clean_up(steps);
  return {steps.error(), {}};
}

RoutingChange unroute_all() {
  Steps steps;
  for (const auto& client : clients()) {
    auto programs = programs_of(client);
    for (const auto& note : read_texts(client.view, kRememberedPrograms)) {
      programs.push_back(note.name);
    }
    for (const auto& program : programs) {
      take_out(steps, client, program);
    }
  }
  take_default_back(steps);
  clean_up(steps);
  return {steps.error(), {}};
}

}  // namespace profile_broker::client::mapi
