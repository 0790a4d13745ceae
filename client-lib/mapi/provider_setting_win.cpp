// The values behind provider_setting_win.h.
#include "client-lib/mapi/provider_setting_win.h"

#include "client-lib/mapi/provider_path_win.h"

namespace profile_broker::client::mapi {
namespace {

constexpr wchar_t kReplacedProvider[] = L"Replaced ProviderPath";

// The other bitness cannot load it.
bool can_load(const Client& client, const std::wstring& provider) {
  return problem_of_provider(provider, client.view).empty();
}

}  // namespace

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

LSTATUS set_provider(const std::wstring& provider) {
  for (const auto& client : clients()) {
    if (!can_load(client, provider)) {
      continue;
    }
    LSTATUS status = ERROR_SUCCESS;
    if (!read_text(client.view, kOwnSettings, kReplacedProvider)) {
      const auto before = read_text(client.view, kOwnSettings, kProviderPath);
      status = write_text(client.view, kOwnSettings, kReplacedProvider,
                          before.value_or(RegistryText{L"", REG_NONE}));
    }
    if (status == ERROR_SUCCESS) {
      status = write_text(client.view, kOwnSettings, kProviderPath, {provider, REG_SZ});
    }
    if (status != ERROR_SUCCESS) {
      return status;
    }
  }
  return ERROR_SUCCESS;
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

std::vector<std::string> notes_on_provider(const std::string& provider) {
  std::vector<std::string> notes;
  for (const auto& client : clients()) {
    const auto policy = provider_by_policy(client.view);
    if (policy && !provider.empty() && can_load(client, wide(provider)) &&
        !same_file(*policy, wide(provider))) {
      notes.push_back(std::string(client.bitness) + " programs go on to " + utf8(*policy) +
                      " nevertheless: Group Policy says so, and wins");
    }
  }
  return notes;
}

}  // namespace profile_broker::client::mapi
