#include "service/settings_win.h"

#include <sddl.h>

#include <string>
#include <vector>

#include "service/handle_win.h"
#include "service/setting_table.h"
#include "service/windows_text_win.h"
#include "tests/support/catch.h"

namespace profile_broker::service {
namespace {

constexpr wchar_t kTestKey[] = L"SOFTWARE\\MAPI Profile Broker Settings Test";

class TestKey {
 public:
  explicit TestKey(const wchar_t* path = kTestKey) : path_(path) {
    HKEY key = nullptr;
    REQUIRE(RegCreateKeyExW(HKEY_CURRENT_USER, path, 0, nullptr, REG_OPTION_VOLATILE,
                            KEY_ALL_ACCESS, nullptr, &key, nullptr) == ERROR_SUCCESS);
    key_.reset(key);
  }
  ~TestKey() { RegDeleteKeyW(HKEY_CURRENT_USER, path_); }
  TestKey(const TestKey&) = delete;
  TestKey& operator=(const TestKey&) = delete;

  void set(const wchar_t* name, DWORD value) const {
    REQUIRE(RegSetValueExW(key_.get(), name, 0, REG_DWORD, reinterpret_cast<const BYTE*>(&value),
                           sizeof value) == ERROR_SUCCESS);
  }
  void set_text(const wchar_t* name, const std::wstring& value) const {
    REQUIRE(
        RegSetValueExW(key_.get(), name, 0, REG_SZ, reinterpret_cast<const BYTE*>(value.c_str()),
                       static_cast<DWORD>((value.size() + 1) * sizeof(wchar_t))) == ERROR_SUCCESS);
  }
  void set_bytes(const wchar_t* name, DWORD type, const std::vector<BYTE>& bytes) const {
    REQUIRE(RegSetValueExW(key_.get(), name, 0, type, bytes.data(),
                           static_cast<DWORD>(bytes.size())) == ERROR_SUCCESS);
  }
  void let_write(const wchar_t* sddl) const {
    PSECURITY_DESCRIPTOR descriptor = nullptr;
    REQUIRE(ConvertStringSecurityDescriptorToSecurityDescriptorW(sddl, SDDL_REVISION_1, &descriptor,
                                                                 nullptr) != FALSE);
    const LocalMemory memory(descriptor);
    REQUIRE(RegSetKeySecurity(key_.get(), DACL_SECURITY_INFORMATION, descriptor) == ERROR_SUCCESS);
  }
  MachineSettings read(const ServiceLimits& limits = {}) const {
    return read_machine_settings(limits, HKEY_CURRENT_USER, path_);
  }

 private:
  const wchar_t* path_;
  RegistryKey key_;
};

}  // namespace

TEST_CASE("Without a settings key the limits stay as they are") {
  ServiceLimits limits;
  limits.connections = 77;
  const auto settings =
      read_machine_settings(limits, HKEY_CURRENT_USER, L"SOFTWARE\\No Such Broker Settings");
  CHECK(settings.limits.connections == 77);
  CHECK(settings.remarks.empty());
}

TEST_CASE("Every setting can be set in the registry") {
  TestKey key;
  std::uint32_t number = 1000;
  for (const auto& setting : kSettings) {
    key.set(wide_text(setting.name).c_str(), ++number);
  }
  const auto settings = key.read();
  number = 1000;
  for (const auto& setting : kSettings) {
    INFO(setting.name);
    CHECK(setting.get(settings.limits) == ++number);
  }
  CHECK(settings.remarks.empty());
}

TEST_CASE("Every setting takes both ends of its range, and nothing beyond them") {
  for (const auto& setting : kSettings) {
    INFO(setting.name);
    TestKey key;
    const auto name = wide_text(setting.name);
    for (const auto end : {setting.least, setting.most}) {
      key.set(name.c_str(), end);
      CHECK(setting.get(key.read().limits) == end);
      CHECK(key.read().remarks.empty());
    }
    key.set(name.c_str(), 0xFFFFFFFF);
    CHECK(setting.get(key.read().limits) == setting.most);
    REQUIRE(key.read().remarks.size() == 1);
    CHECK(key.read().remarks[0].find("4294967295") != std::string::npos);
    if (setting.least > 0) {
      key.set(name.c_str(), setting.least - 1);
      CHECK(setting.get(key.read().limits) == setting.least);
      CHECK(key.read().remarks.size() == 1);
    }
  }
}

TEST_CASE("A setting out of range is brought to the nearest end of it, and the log says so") {
  TestKey key;
  key.set(L"RecoverySeconds", 4000);
  key.set(L"Connections", 0);
  const auto settings = key.read();
  CHECK(settings.limits.recovery_time.count() == 3600);
  CHECK(settings.limits.connections == 1);
  CHECK(settings.remarks.size() == 2);
}

TEST_CASE("A setting of another type is ignored, and the log names it") {
  TestKey key;
  key.set_text(L"RecoverySeconds", L"5");
  const auto settings = key.read();
  CHECK(settings.limits.recovery_time == kRecoveryTime);
  REQUIRE(settings.remarks.size() == 1);
  CHECK(settings.remarks[0].find("RecoverySeconds") != std::string::npos);
  CHECK(settings.remarks[0].find("reg.exe add") != std::string::npos);
}

TEST_CASE("A DWORD of the wrong length is ignored like another type") {
  TestKey key;
  key.set_bytes(L"Connections", REG_DWORD, {1, 0});
  const auto settings = key.read();
  CHECK(settings.limits.connections == kMaxConnections);
  CHECK(settings.remarks.size() == 1);
}

TEST_CASE("A misspelled setting is named in the log, with the names that there are") {
  TestKey key;
  key.set(L"ReferencePerProcess", 7);
  key.set_text(L"", L"the key's default value means nothing");
  const auto settings = key.read();
  CHECK(settings.limits.references_per_process == kMaxReferencesPerProcess);
  REQUIRE(settings.remarks.size() == 1);
  CHECK(settings.remarks[0].find("ReferencePerProcess") != std::string::npos);
  CHECK(settings.remarks[0].find("ReferencesPerProcess") != std::string::npos);
}

TEST_CASE("A setting's name is known in any case of its letters") {
  TestKey key;
  key.set(L"RECOVERYSECONDS", 20);
  const auto settings = key.read();
  CHECK(settings.limits.recovery_time.count() == 20);
  CHECK(settings.remarks.empty());
}

TEST_CASE("A policy wins over the machine's settings value by value") {
  TestKey settings_key;
  settings_key.set(L"Connections", 500);
  settings_key.set(L"ReferencesPerUser", 600);
  ServiceLimits limits = settings_key.read().limits;
  const TestKey policy_key(L"SOFTWARE\\MAPI Profile Broker Policy Test");
  policy_key.set(L"Connections", 700);
  policy_key.set_text(L"ReferencesPerUser", L"800");
  const auto both = policy_key.read(limits);
  CHECK(both.limits.connections == 700);
  CHECK(both.limits.references_per_user == 600);  // a policy that says nothing usable
  CHECK(both.remarks.size() == 1);
}

TEST_CASE("Settings that ordinary users can write are not believed, and the log says who can") {
  TestKey key;
  key.set(L"Connections", 500);
  key.let_write(L"D:(A;;KA;;;SY)(A;;KA;;;BA)(A;;KA;;;BU)");
  const auto settings = key.read();
  CHECK(settings.limits.connections == kMaxConnections);
  REQUIRE(settings.remarks.size() == 1);
  CHECK(settings.remarks[0].find("S-1-5-32-545") != std::string::npos);
}

TEST_CASE("Settings that are forgotten are gone with their key, and forgetting nothing succeeds") {
  TestKey key;
  key.set(L"Connections", 77);
  CHECK(forget_machine_settings(HKEY_CURRENT_USER, kTestKey));
  CHECK(key.read().limits.connections == ServiceLimits{}.connections);
  CHECK(forget_machine_settings(HKEY_CURRENT_USER, kTestKey));
}

}  // namespace profile_broker::service
