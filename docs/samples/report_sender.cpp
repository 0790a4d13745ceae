// A MAPI program as it should be written for a machine on which its account may be logged on more
// than once: it makes a profile for one run, works with it, and owes nobody a leftover, whatever
// session it runs in and however it ends. Free to copy; it needs mapi32.dll, profile_broker.dll and
// C++11.
//
//   report_sender [--service] [--wait] PROFILE
//
// --service: the program is a Windows service. --wait: works until somebody presses Enter.
// Exit codes: 0 done, 1 something failed (it says what), 2 wrong command line.
#include <windows.h>

#include <mapix.h>

#include <cstdio>
#include <cstring>

#include "profile_broker/client.hpp"

namespace {

// Of MAPIDefS.h and MAPIAux.h; some SDKs leave them out.
constexpr ULONG kNtService = 0x00010000;  // MAPI_NT_SERVICE
constexpr ULONG kNoMail = 0x00008000;  // MAPI_NO_MAIL: no spooler, which a service must do without

// MUID_PROFILE_INSTANCE of MAPIGuid.h: the section in which MAPI keeps the profile's own name.
const MAPIUID kProfileInstance = {
    {0x85, 0x03, 0x02, 0x00, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}};

// MAPI's prototypes say LPTSTR where they mean ANSI, unless MAPI_UNICODE is given.
LPTSTR mapi_text(const char* text) {
  return reinterpret_cast<LPTSTR>(const_cast<char*>(text));
}

// Says what was done and what came of it; for results of the broker also what to do.
bool succeeded(const char* what, HRESULT result) {
  char advice[256] = "";
  if (result != S_OK && strncmp(what, "ProfileBroker", 13) == 0) {
    ProfileBrokerErrorTextA(result, advice, sizeof advice);
  }
  std::printf("%-28s 0x%08lX %s\n", what, static_cast<unsigned long>(result), advice);
  std::fflush(stdout);
  return SUCCEEDED(result);
}

// MAPI for as long as the object lives.
class Mapi {
 public:
  explicit Mapi(ULONG flags) {
    MAPIINIT_0 options = {MAPI_INIT_VERSION, flags};
    initialized_ = succeeded("MAPIInitialize", MAPIInitialize(&options));
  }
  ~Mapi() {
    if (initialized_) {
      MAPIUninitialize();
    }
  }
  Mapi(const Mapi&) = delete;
  Mapi& operator=(const Mapi&) = delete;
  explicit operator bool() const { return initialized_; }

 private:
  bool initialized_ = false;
};

bool create_profile(const char* name) {
  LPPROFADMIN profiles = nullptr;
  if (!succeeded("MAPIAdminProfiles", MAPIAdminProfiles(0, &profiles))) {
    return false;
  }
  HRESULT result = profiles->CreateProfile(mapi_text(name), nullptr, 0, 0);
  // Here a real program adds its services: IProfAdmin::AdminServices, CreateMsgService,
  // ConfigureMsgService.
  profiles->Release();
  if (result == MAPI_E_NO_ACCESS) {
    std::printf("profile '%s' is there already and is used as it is\n", name);
    result = S_OK;
  }
  return succeeded("IProfAdmin::CreateProfile", result);
}

// What the program is for. This one reads its profile's name, as far as MAPI goes everywhere.
bool work(LPMAPISESSION session, bool wait) {
  MAPIUID instance = kProfileInstance;
  LPPROFSECT section = nullptr;
  if (!succeeded("OpenProfileSection",
                 session->OpenProfileSection(&instance, nullptr, 0, &section))) {
    return false;
  }
  if (wait) {
    std::printf("working; Enter ends it\n");
    std::fflush(stdout);
    std::getchar();
  }
  SizedSPropTagArray(1, tags) = {1, {PR_PROFILE_NAME_A}};
  ULONG count = 0;
  LPSPropValue values = nullptr;
  const HRESULT result =
      section->GetProps(reinterpret_cast<LPSPropTagArray>(&tags), 0, &count, &values);
  section->Release();
  if (!succeeded("IProfSect::GetProps", result)) {
    return false;
  }
  if (values[0].ulPropTag == PR_PROFILE_NAME_A) {
    std::printf("worked with profile '%s'\n", values[0].Value.lpszA);
  }
  MAPIFreeBuffer(values);
  return true;
}

bool run(const char* name, bool service, bool wait) {
  const Mapi mapi(service ? kNtService : 0);
  if (!mapi) {
    return false;
  }
  // What programs of this account left behind when they crashed. It is no reason not to go on when
  // the service does not answer.
  uint32_t removed = 0;
  if (succeeded("ProfileBrokerSweep", ProfileBrokerSweep(&removed)) && removed > 0) {
    std::printf("deleted %u leftover profiles\n", removed);
  }

  // Before the profile exists: from here on no session deletes it. TEMPORARY stands where programs
  // used to call IProfAdmin::DeleteProfile right after the logon. With PROFILE_BROKER_TEMPORARY the
  // last program that uses the profile deletes it, and a sweep does when that one crashes.
  profile_broker::Reference reference;
  if (!succeeded("ProfileBrokerAcquire", reference.acquire(name, PROFILE_BROKER_TEMPORARY))) {
    return false;  // being deleted just now, or over quota: the profile must not be used
  }

  LPMAPISESSION session = nullptr;
  const ULONG flags = MAPI_NEW_SESSION | MAPI_EXTENDED | kNoMail | (service ? kNtService : 0);
  bool done = create_profile(name) &&
              succeeded("MAPILogonEx", MAPILogonEx(0, mapi_text(name), nullptr, flags, &session));
  if (done) {
    done = work(session, wait);
    session->Logoff(0, 0, 0);
    session->Release();  // the last one of the session: now the profile is free
  }

  // After the session's end and before MAPIUninitialize: when this was the profile's last user, the
  // profile is deleted here, through MAPI, in this process.
  return succeeded("ProfileBrokerRelease", reference.release()) && done;
}

}  // namespace

int main(int count, char** words) {
  bool service = false;
  bool wait = false;
  const char* name = nullptr;
  for (int i = 1; i < count; ++i) {
    if (std::strcmp(words[i], "--service") == 0) {
      service = true;
    } else if (std::strcmp(words[i], "--wait") == 0) {
      wait = true;
    } else {
      name = words[i];
    }
  }
  if (name == nullptr || *name == '-') {
    std::fprintf(stderr, "report_sender [--service] [--wait] PROFILE\n");
    return 2;
  }
  return run(name, service, wait) ? 0 : 1;
}
