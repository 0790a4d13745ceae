#include "service/pipe_security_win.h"

#include <sddl.h>

#include "service/windows_text_win.h"
#include "tests/service/tokens_win.h"
#include "tests/support/catch.h"

namespace profile_broker::service {
namespace {

constexpr DWORD kCreatePipeInstance = 0x4;
constexpr DWORD kClientAccess = 0x120083;
constexpr DWORD kReadWriteWithoutInstance = 0x12019b;

// What a descriptor grants a token of what it asks for; nothing when it is refused.
DWORD granted_by(PSECURITY_DESCRIPTOR descriptor, HANDLE token, DWORD access) {
  const auto impersonation = impersonation_of(token);
  GENERIC_MAPPING mapping{FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE,
                          FILE_ALL_ACCESS};
  PRIVILEGE_SET privileges{};
  DWORD privileges_length = sizeof privileges;
  DWORD got = 0;
  BOOL allowed = FALSE;
  MapGenericMask(&access, &mapping);
  REQUIRE(AccessCheck(descriptor, impersonation.get(), access, &mapping, &privileges,
                      &privileges_length, &got, &allowed) != FALSE);
  return allowed != FALSE ? got : 0;
}

bool granted(HANDLE token, DWORD access) {
  return granted_by(pipe_security_descriptor().get(), token, access) != 0;
}

// The pipe's descriptor with one entry alone, given to the account that the test runs as: nobody
// but LocalSystem has a token of LocalSystem.
LocalMemory with_entry_for_myself(const wchar_t* entry, const wchar_t* trustee) {
  std::wstring text = kPipeSecurity;
  REQUIRE(text.find(entry) != std::wstring::npos);  // the literal has this very entry
  BYTE user[256];
  DWORD length = 0;
  REQUIRE(GetTokenInformation(own_token().get(), TokenUser, user, sizeof user, &length) != FALSE);
  const auto myself = wide_text(sid_text(reinterpret_cast<TOKEN_USER*>(user)->User.Sid));
  auto mine = std::wstring(entry);
  mine.replace(mine.find(trustee), wcslen(trustee), myself);
  text.replace(text.find(L"(A;"), text.find(L"S:(ML") - text.find(L"(A;"), mine);
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  REQUIRE(ConvertStringSecurityDescriptorToSecurityDescriptorW(text.c_str(), SDDL_REVISION_1,
                                                               &descriptor, nullptr) != FALSE);
  return LocalMemory(descriptor);
}

ACL* access_list(PSECURITY_DESCRIPTOR descriptor) {
  ACL* list = nullptr;
  BOOL present = FALSE;
  BOOL defaulted = FALSE;
  REQUIRE(GetSecurityDescriptorDacl(descriptor, &present, &list, &defaulted) != FALSE);
  REQUIRE(present != FALSE);
  REQUIRE(list != nullptr);
  return list;
}

const ACCESS_ALLOWED_ACE* entry(ACL* list, DWORD index) {
  void* ace = nullptr;
  REQUIRE(GetAce(list, index, &ace) != FALSE);
  return static_cast<const ACCESS_ALLOWED_ACE*>(ace);
}

std::string trustee(const ACCESS_ALLOWED_ACE* ace) {
  return sid_text(const_cast<DWORD*>(&ace->SidStart));
}

}  // namespace

TEST_CASE("The first instance of the pipe refuses a name that somebody has, and only the first") {
  CHECK((pipe_creation(true).open_mode & FILE_FLAG_FIRST_PIPE_INSTANCE) != 0);
  CHECK((pipe_creation(false).open_mode & FILE_FLAG_FIRST_PIPE_INSTANCE) == 0);
}

TEST_CASE(
    "Every instance of the pipe refuses other machines and is overlapped, a byte stream, "
    "both ways, unbounded and not inherited") {
  for (const bool first : {true, false}) {
    const auto creation = pipe_creation(first);
    CHECK(creation.pipe_mode == PIPE_REJECT_REMOTE_CLIENTS);  // the byte modes and PIPE_WAIT are 0
    CHECK((creation.open_mode & ~DWORD{FILE_FLAG_FIRST_PIPE_INSTANCE}) ==
          (PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED));
    CHECK(creation.max_instances == PIPE_UNLIMITED_INSTANCES);
    CHECK(creation.buffer_bytes == 4096);
    CHECK(creation.inheritable == FALSE);
  }
}

TEST_CASE("LocalSystem owns the pipe") {
  const auto descriptor = pipe_security_descriptor();
  PSID owner = nullptr;
  BOOL defaulted = FALSE;
  REQUIRE(GetSecurityDescriptorOwner(descriptor.get(), &owner, &defaulted) != FALSE);
  CHECK(sid_text(owner) == "S-1-5-18");
}

TEST_CASE(
    "The pipe's access list has two entries: LocalSystem with everything, logged-on accounts "
    "with reading and writing") {
  const auto descriptor = pipe_security_descriptor();
  auto* list = access_list(descriptor.get());
  REQUIRE(list->AceCount == 2);
  CHECK(trustee(entry(list, 0)) == "S-1-5-18");
  CHECK(entry(list, 0)->Header.AceType == ACCESS_ALLOWED_ACE_TYPE);
  CHECK(entry(list, 0)->Mask == FILE_ALL_ACCESS);
  CHECK(trustee(entry(list, 1)) == "S-1-5-11");
  CHECK(entry(list, 1)->Header.AceType == ACCESS_ALLOWED_ACE_TYPE);
  CHECK(entry(list, 1)->Mask == kReadWriteWithoutInstance);
  CHECK(entry(list, 0)->Header.AceFlags == 0);
  CHECK(entry(list, 1)->Header.AceFlags == 0);
}

TEST_CASE("The pipe inherits no access") {
  const auto descriptor = pipe_security_descriptor();
  SECURITY_DESCRIPTOR_CONTROL control = 0;
  DWORD revision = 0;
  REQUIRE(GetSecurityDescriptorControl(descriptor.get(), &control, &revision) != FALSE);
  CHECK((control & SE_DACL_PROTECTED) != 0);
}

TEST_CASE("The pipe's label keeps processes below medium integrity from writing") {
  const auto descriptor = pipe_security_descriptor();
  ACL* list = nullptr;
  BOOL present = FALSE;
  BOOL defaulted = FALSE;
  REQUIRE(GetSecurityDescriptorSacl(descriptor.get(), &present, &list, &defaulted) != FALSE);
  REQUIRE(present != FALSE);
  REQUIRE(list->AceCount == 1);
  const auto* label = entry(list, 0);  // a label entry has the layout of the others
  CHECK(label->Header.AceType == SYSTEM_MANDATORY_LABEL_ACE_TYPE);
  CHECK(label->Mask == SYSTEM_MANDATORY_LABEL_NO_WRITE_UP);
  CHECK(trustee(label) == "S-1-16-8192");
}

TEST_CASE("The entry of LocalSystem grants everything, a further instance of the pipe included") {
  const auto descriptor = with_entry_for_myself(L"(A;;FA;;;SY)", L"SY");
  const auto token = own_token();
  CHECK(granted_by(descriptor.get(), token.get(), FILE_ALL_ACCESS) == FILE_ALL_ACCESS);
  CHECK(granted_by(descriptor.get(), token.get(), kCreatePipeInstance) == kCreatePipeInstance);
}

TEST_CASE("The entry of authenticated users grants reading and writing and not one bit more") {
  const auto descriptor = with_entry_for_myself(L"(A;;0x12019b;;;AU)", L"AU");
  const auto token = own_token();
  CHECK(granted_by(descriptor.get(), token.get(), MAXIMUM_ALLOWED) == kReadWriteWithoutInstance);
  for (DWORD bit = 1; bit <= WRITE_OWNER; bit <<= 1) {
    if ((FILE_ALL_ACCESS & bit) != 0) {
      INFO("right 0x" << std::hex << bit);
      CHECK((granted_by(descriptor.get(), token.get(), bit) != 0) ==
            ((kReadWriteWithoutInstance & bit) != 0));
    }
  }
}

TEST_CASE("A logged-on account is let in however it has logged on") {
  // Services and batch jobs have no INTERACTIVE, and use MAPI too.
  const auto token = token_without(WinInteractiveSid);
  CHECK(granted(token.get(), kClientAccess));
}

TEST_CASE("A process of low integrity may not write to the pipe") {
  if (running_under_wine()) {
    WARN("SKIPPED: Wine knows no integrity levels; see docs/windows-checklist.md");
    return;
  }
  const auto low = token_of_low_integrity();
  CHECK_FALSE(granted(low.get(), kClientAccess));
  CHECK_FALSE(granted(low.get(), FILE_WRITE_DATA));
}

TEST_CASE("A token with restricting SIDs gets nothing of the pipe") {
  if (running_under_wine()) {
    WARN("SKIPPED: Wine knows no restricting SIDs; see docs/windows-checklist.md");
    return;
  }
  const auto restricted = token_with_restricting_sid();
  CHECK_FALSE(granted(restricted.get(), kClientAccess));
  CHECK_FALSE(granted(restricted.get(), FILE_READ_DATA));
}

TEST_CASE("A logged-on account may read and write the pipe, an administrator's account or not") {
  const auto administrator = own_token();
  const auto user = token_without(WinBuiltinAdministratorsSid);
  for (HANDLE token : {administrator.get(), user.get()}) {
    CHECK(granted(token, kClientAccess));
    CHECK(granted(token, kReadWriteWithoutInstance));
    CHECK(granted(token, GENERIC_READ));
  }
}

TEST_CASE("A client may not become a second server of the pipe, nor change or take it") {
  const auto administrator = own_token();
  const auto user = token_without(WinBuiltinAdministratorsSid);
  for (HANDLE token : {administrator.get(), user.get()}) {
    for (const DWORD access :
         {kCreatePipeInstance, DWORD{WRITE_DAC}, DWORD{WRITE_OWNER}, DWORD{DELETE},
          kClientAccess | kCreatePipeInstance, DWORD{FILE_ALL_ACCESS}}) {
      INFO("access 0x" << std::hex << access);
      CHECK_FALSE(granted(token, access));
    }
  }
}

TEST_CASE("Whoever is no authenticated user, as anonymous and guests, gets nothing of the pipe") {
  const auto nobody = token_without(WinAuthenticatedUserSid);
  for (const DWORD access :
       {kClientAccess, DWORD{FILE_READ_DATA}, DWORD{FILE_WRITE_DATA}, DWORD{READ_CONTROL}}) {
    INFO("access 0x" << std::hex << access);
    CHECK_FALSE(granted(nobody.get(), access));
  }
}

}  // namespace profile_broker::service
