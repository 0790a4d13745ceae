// One property behind session_profile_win.h: as UTF-16 where the provider has it so, else as ANSI.
#include "client-lib/mapi/session_profile_win.h"

#include "client-lib/mapi/broker_calls_win.h"
#include "client-lib/mapi/real_mapi_win.h"

namespace profile_broker::client::mapi {
namespace {

constexpr MAPIUID kProfileInstance = {
    {0x85, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}};
// Where every client keeps settings; some providers tell the name only there.
constexpr MAPIUID kGlobalSection = {{0x13, 0xDB, 0xB0, 0xC8, 0xAA, 0x05, 0x10, 0x1A, 0x9B, 0xB0,
                                     0x00, 0xAA, 0x00, 0x2F, 0xC4, 0x5A}};
constexpr ULONG kProfileNameId = 0x3D12;
constexpr ULONG kProfileNameW = PROP_TAG(PT_UNICODE, kProfileNameId);
constexpr ULONG kProfileNameA = PROP_TAG(PT_STRING8, kProfileNameId);

std::optional<ProfileName> name_in(IProfSect& section, ULONG tag) {
  SPropTagArray tags{1, {tag}};
  ULONG count = 0;
  SPropValue* values = nullptr;
  const HRESULT result = section.GetProps(&tags, 0, &count, &values);
  std::optional<ProfileName> name;
  if (SUCCEEDED(result) && count == 1 && values && values->ulPropTag == tag) {
    name = tag == kProfileNameW ? profile_name(values->Value.lpszW, true)
                                : profile_name(values->Value.lpszA, false);
  }
  if (values) {
    real_free_buffer()(values);
  }
  return name;
}

std::optional<ProfileName> name_in_section(IMAPISession& session, MAPIUID uid) {
  IProfSect* section = nullptr;
  if (FAILED(session.OpenProfileSection(&uid, nullptr, 0, &section)) || !section) {
    return std::nullopt;
  }
  auto name = name_in(*section, kProfileNameW);
  if (!name) {
    name = name_in(*section, kProfileNameA);
  }
  section->Release();
  return name;
}

}  // namespace

std::optional<ProfileName> profile_of(IMAPISession& session) {
  auto name = name_in_section(session, kProfileInstance);
  return name ? name : name_in_section(session, kGlobalSection);
}

}  // namespace profile_broker::client::mapi
