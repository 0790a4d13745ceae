/* The C interface as a C program uses it, without a service: every function is called once. */
#include <profile_broker/client.h>
#include <stdio.h>
#include <string.h>

static PROFILE_BROKER_RESULT PROFILE_BROKER_CALL remover(const PROFILE_BROKER_CHAR* profile,
                                                         void* context) {
  (void)profile;
  ++*(int*)context;
  return 0;
}

static int failures = 0;

static void expect(int held, const char* what) {
  if (!held) {
    printf("not so: %s\n", what);
    ++failures;
  }
}

int main(void) {
  const PROFILE_BROKER_RESULT no_service = 0x00040203;
  const PROFILE_BROKER_RESULT invalid = (PROFILE_BROKER_RESULT)0x80070057u;
  PROFILE_BROKER_REFERENCE reference = NULL;
  PROFILE_BROKER_STATUS status;
  PROFILE_BROKER_USAGE usage;
  char long_name[70];
  char text[200];
  char tiny[4];
  int32_t deferred = 0;
  uint32_t removed = 99;
  int removals = 0;

  memset(long_name, 'x', sizeof long_name);
  long_name[sizeof long_name - 1] = '\0';
  memset(&usage, 0, sizeof usage);
  memset(&status, 0, sizeof status);

  expect(ProfileBrokerSetRemover(remover, &removals) == 0, "SetRemover");
  expect(ProfileBrokerAcquire(NULL, 0, &reference) == invalid, "null name");
  expect(ProfileBrokerAcquireA("Gateway", 0, NULL) == invalid, "null reference");
  expect(ProfileBrokerAcquireA("a\\b", 0, &reference) == invalid, "backslash");
  expect(ProfileBrokerAcquireA("", 0, &reference) == invalid, "empty name");
  expect(ProfileBrokerAcquireA(long_name, 0, &reference) == (PROFILE_BROKER_RESULT)0x80040105u,
         "name too long");
  expect(ProfileBrokerAcquireA("Gateway", 2, &reference) == (PROFILE_BROKER_RESULT)0x80040106u,
         "unknown flag");
  expect(ProfileBrokerAcquireA("Gateway", PROFILE_BROKER_TEMPORARY, &reference) == no_service,
         "Acquire without a service");
  expect(reference != NULL, "a reference all the same");
  expect(ProfileBrokerGetStatus(&status) == invalid, "status without its size");
  status.size = sizeof status;
  expect(ProfileBrokerGetStatus(&status) == 0 && !status.available && status.own_references == 1 &&
             status.unregistered == 1 && status.service_version[0] == '\0',
         "GetStatus");
  expect(ProfileBrokerQueryA("Gateway", &usage) == invalid, "usage without its size");
  usage.size = sizeof usage;
  expect(FAILED(ProfileBrokerQueryA("Gateway", &usage)), "Query without a service");
  expect(ProfileBrokerDeleteProfileA("Gateway", &deferred) == 0 && deferred == 1, "DeleteProfile");
  expect(ProfileBrokerRelease(reference) == no_service, "Release");
  expect(ProfileBrokerRelease(reference) == invalid, "Release twice");
  expect(ProfileBrokerRelease(NULL) == 0, "Release of nothing");
  expect(FAILED(ProfileBrokerSweep(&removed)) && removed == 0, "Sweep without a service");
  expect(ProfileBrokerErrorTextA(no_service, text, sizeof text) == 0 && strlen(text) > 20,
         "ErrorText");
  expect(ProfileBrokerErrorTextA(no_service, tiny, sizeof tiny) == 0 && strlen(tiny) == 3,
         "ErrorText into little room");
  expect(ProfileBrokerErrorTextA(no_service, NULL, 7) == invalid, "ErrorText into nothing");
  expect(removals == 0, "nothing was deleted blindly");
  printf("%s\n", failures == 0 ? "consumer: all as documented" : "consumer: FAILED");
  return failures != 0;
}
