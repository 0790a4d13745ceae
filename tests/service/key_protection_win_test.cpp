// Which registry keys are believed. Descriptors are put on real keys; that Windows would enforce
// them is not shown here (Wine does not).
#include "service/key_protection_win.h"

#include <sddl.h>

#include <string>

#include "service/handle_win.h"
#include "tests/support/catch.h"

namespace profile_broker::service {
namespace {

constexpr wchar_t kPath[] = L"SOFTWARE\\MAPI Profile Broker Protection Test";

std::optional<std::string> weakness_with(const std::wstring& sddl) {
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  REQUIRE(ConvertStringSecurityDescriptorToSecurityDescriptorW(sddl.c_str(), SDDL_REVISION_1,
                                                               &descriptor, nullptr) != FALSE);
  const LocalMemory memory(descriptor);
  HKEY key = nullptr;
  REQUIRE(RegCreateKeyExW(HKEY_CURRENT_USER, kPath, 0, nullptr, REG_OPTION_VOLATILE, KEY_ALL_ACCESS,
                          nullptr, &key, nullptr) == ERROR_SUCCESS);
  const RegistryKey owner(key);
  const SECURITY_INFORMATION parts =
      DACL_SECURITY_INFORMATION |
      (sddl.starts_with(L"O:") ? OWNER_SECURITY_INFORMATION : SECURITY_INFORMATION{0});
  REQUIRE(RegSetKeySecurity(key, parts, descriptor) == ERROR_SUCCESS);
  auto weakness = weakness_of(key);
  RegDeleteKeyW(HKEY_CURRENT_USER, kPath);
  return weakness;
}

}  // namespace

TEST_CASE("A key with the access list that Windows gives HKLM's software keys is safe") {
  CHECK_FALSE(
      weakness_with(L"D:AI(A;CIID;KA;;;SY)(A;CIID;KA;;;BA)(A;CIIOID;KA;;;CO)"
                    L"(A;CIID;KR;;;BU)(A;CIID;KR;;;AC)"));
}

TEST_CASE("A key is safe when an administrator has let somebody in by name") {
  CHECK_FALSE(weakness_with(L"D:(A;;KA;;;SY)(A;;KA;;;S-1-5-21-1-2-3-1104)(A;;KR;;;WD)"));
}

TEST_CASE("A key is not safe when a group that anybody can belong to may change it") {
  for (const std::wstring group : {L"WD", L"AU", L"BU", L"IU", L"NU", L"AN", L"BG", L"RD", L"AC",
                                   L"S-1-5-13", L"S-1-5-21-1-2-3-513"}) {
    INFO(std::string(group.begin(), group.end()));
    CHECK(weakness_with(L"D:(A;;KA;;;SY)(A;;KW;;;" + group + L")"));
  }
}

TEST_CASE("Any right that leads to changing the key's values makes it unsafe") {
  for (const std::wstring right : {L"0x2", L"0x4", L"SD", L"WD", L"WO", L"GW", L"GA", L"KA"}) {
    INFO(std::string(right.begin(), right.end()));
    const auto weakness = weakness_with(L"D:(A;;" + right + L";;;BU)");
    REQUIRE(weakness);
    CHECK(weakness->find("S-1-5-32-545") != std::string::npos);
  }
}

TEST_CASE("What only keys below inherit does not make a key unsafe") {
  CHECK_FALSE(weakness_with(L"D:(A;;KA;;;SY)(A;CIIO;KA;;;BU)"));
}

TEST_CASE("A key that a group of ordinary users owns is not safe, whatever its access list says") {
  const auto weakness = weakness_with(L"O:BUD:(A;;KA;;;SY)");
  REQUIRE(weakness);
  CHECK(weakness->find("own") != std::string::npos);
}

TEST_CASE("HKLM's own software key is safe") {
  HKEY key = nullptr;
  REQUIRE(RegOpenKeyExW(HKEY_LOCAL_MACHINE, L"SOFTWARE", 0, READ_CONTROL, &key) == ERROR_SUCCESS);
  const RegistryKey owner(key);
  CHECK_FALSE(weakness_of(key));
}

}  // namespace profile_broker::service
