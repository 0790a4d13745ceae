// Who is routed, and to which MAPI: the looking part of routing.h. Reads only.
#include <algorithm>

#include "client-lib/mapi/mail_clients_win.h"
#include "client-lib/mapi/routing.h"

namespace profile_broker::client::mapi {

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

}  // namespace profile_broker::client::mapi
