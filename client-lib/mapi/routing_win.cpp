// The changing part of routing.h; mail_clients_win.h has the steps, routing_names_win.h the keys.
//
// On the way in, what is replaced is remembered before it is replaced; on the way out it is
// restored before the note of it goes. So a change that breaks off in the middle can be made or
// taken back once more.
#include "client-lib/mapi/routing.h"

#include <algorithm>

#include "client-lib/mapi/mail_clients_win.h"
#include "client-lib/mapi/provider_setting_win.h"

namespace profile_broker::client::mapi {
namespace {

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

// Nobody is waited for: who does not listen now reads the registry at its next start. Without a
// shell nobody listens at all.
void announce_default_client() {
  if (GetShellWindow()) {
    SendNotifyMessageW(HWND_BROADCAST, WM_SETTINGCHANGE, 0,
                       reinterpret_cast<LPARAM>(L"Software\\Clients\\Mail"));
  }
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
  made.notes = notes_on_provider(provider);
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
  RoutingChange change{made.error, notes_on_provider(provider)};
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
