#include "service/settings_win.h"

#include <string>

#include "service/handle_win.h"
#include "tests/support/catch.h"

namespace profile_broker::service {
namespace {

constexpr wchar_t kTestKey[] = L"SOFTWARE\\MAPI Profile Broker Settings Test";

class TestKey {
 public:
  TestKey() {
    HKEY key = nullptr;
    REQUIRE(RegCreateKeyExW(HKEY_CURRENT_USER, kTestKey, 0, nullptr, REG_OPTION_VOLATILE,
                            KEY_ALL_ACCESS, nullptr, &key, nullptr) == ERROR_SUCCESS);
    key_.reset(key);
  }
  ~TestKey() { RegDeleteKeyW(HKEY_CURRENT_USER, kTestKey); }
  TestKey(const TestKey&) = delete;
  TestKey& operator=(const TestKey&) = delete;

  void set(const wchar_t* name, DWORD value) {
    REQUIRE(RegSetValueExW(key_.get(), name, 0, REG_DWORD, reinterpret_cast<const BYTE*>(&value),
                           sizeof value) == ERROR_SUCCESS);
  }
  void set_text(const wchar_t* name, const std::wstring& value) {
    REQUIRE(
        RegSetValueExW(key_.get(), name, 0, REG_SZ, reinterpret_cast<const BYTE*>(value.c_str()),
                       static_cast<DWORD>((value.size() + 1) * sizeof(wchar_t))) == ERROR_SUCCESS);
  }
  MachineSettings read() const { return read_machine_settings({}, HKEY_CURRENT_USER, kTestKey); }

 private:
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

TEST_CASE("Every limit can be set in the registry") {
  TestKey key;
  key.set(L"Connections", 1001);
  key.set(L"ConnectionsPerUser", 1002);
  key.set(L"SilentConnectionsPerUser", 1003);
  key.set(L"ReferencesPerProcess", 1004);
  key.set(L"ReferencesPerUser", 1005);
  key.set(L"ProfilesPerUser", 1006);
  key.set(L"RecoverySeconds", 0);
  const auto settings = key.read();
  CHECK(settings.limits.connections == 1001);
  CHECK(settings.limits.connections_per_user == 1002);
  CHECK(settings.limits.silent_connections_per_user == 1003);
  CHECK(settings.limits.references_per_process == 1004);
  CHECK(settings.limits.references_per_user == 1005);
  CHECK(settings.limits.profiles_per_user == 1006);
  CHECK(settings.limits.recovery_time.count() == 0);
  CHECK(settings.remarks.empty());
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
}

TEST_CASE("Settings that are forgotten are gone with their key, and forgetting nothing succeeds") {
  TestKey key;
  key.set(L"Connections", 77);
  CHECK(forget_machine_settings(HKEY_CURRENT_USER, kTestKey));
  CHECK(key.read().limits.connections == ServiceLimits{}.connections);
  CHECK(forget_machine_settings(HKEY_CURRENT_USER, kTestKey));
}

}  // namespace profile_broker::service
