/* MAPI Profile Broker client library: the C interface that every MAPI program links.
 *
 * It owns the references of this process: it tells the broker service which profile this process
 * uses, holds the real DeleteProfile back while any process of the machine uses the profile, and
 * runs it in this process, with this process's rights, when the last reference ends. It leaves
 * everything else of MAPI to MAPI.
 *
 * Threads: every function may be called from any thread at any time, except from DllMain. A thread
 * that impersonates somebody keeps its token; the call itself runs as the process, whose registry
 * hive holds the profiles (KB 817375). Time: no call waits longer than 1,250 ms for the service
 * (250 ms to connect, 1,000 ms for the answer); a call that deletes a profile also takes the time
 * that IProfAdmin::DeleteProfile takes. Errors: HRESULT values of MAPI, listed with each function;
 * test them with FAILED(). No function throws. Text: the W spelling takes UTF-16, the A spelling
 * the process's ANSI code page. On Linux, where the library exists for development, text is UTF-8
 * and only the A spelling exists; the hive there is the user id. Service: found at its well-known
 * pipe; the environment variable MAPI_PROFILE_BROKER_ENDPOINT names another one, for development.
 * Whatever the name, only a server that belongs to the system's account is talked to, and on
 * Windows only one of this machine.
 */
#ifndef PROFILE_BROKER_CLIENT_H
#define PROFILE_BROKER_CLIENT_H

#ifdef _WIN32
#include <stdint.h>
#include <windows.h>
#define PROFILE_BROKER_CALL __stdcall
typedef HRESULT PROFILE_BROKER_RESULT;
typedef WCHAR PROFILE_BROKER_CHAR;
#else
#include <stdint.h>
#define PROFILE_BROKER_CALL
typedef int32_t PROFILE_BROKER_RESULT;
typedef char PROFILE_BROKER_CHAR;
#ifndef FAILED
#define FAILED(result) ((PROFILE_BROKER_RESULT)(result) < 0)
#define SUCCEEDED(result) ((PROFILE_BROKER_RESULT)(result) >= 0)
#endif
#endif

#if defined(PROFILE_BROKER_STATIC)
#define PROFILE_BROKER_API
#elif defined(_WIN32) && defined(PROFILE_BROKER_BUILDING)
#define PROFILE_BROKER_API __declspec(dllexport)
#elif defined(_WIN32)
#define PROFILE_BROKER_API __declspec(dllimport)
#else
#define PROFILE_BROKER_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* A live use of a profile by this process. Made by ProfileBrokerAcquire, ended by
 * ProfileBrokerRelease or by the end of the process. */
typedef struct ProfileBrokerReferenceTag* PROFILE_BROKER_REFERENCE;

/* Flags of ProfileBrokerAcquire. */
#define PROFILE_BROKER_TEMPORARY 0x00000001u /* delete the profile when its last reference ends */

/* What ProfileBrokerQuery tells. Set size before the call. */
typedef struct PROFILE_BROKER_USAGE {
  uint32_t size;       /* in: sizeof(PROFILE_BROKER_USAGE) */
  uint32_t references; /* live references in all sessions of the account */
  int32_t in_use;      /* 1 when references > 0 */
  int32_t temporary;   /* 1: deleted when the last reference ends */
  int32_t
      deletion_deferred; /* 1: somebody deleted it; the real delete waits for the last reference */
  int32_t being_removed; /* 1: a process is deleting it right now */
  uint32_t own_references; /* how many of the references this process holds, unregistered ones
                              included */
} PROFILE_BROKER_USAGE;

/* What ProfileBrokerGetStatus tells. Set size before the call. */
typedef struct PROFILE_BROKER_STATUS {
  uint32_t size;            /* in: sizeof(PROFILE_BROKER_STATUS) */
  int32_t available;        /* 1: the service answered */
  int32_t recovering;       /* 1: the service has just restarted and grants no deletion yet */
  int32_t elevated;         /* 1: the service counts this process as an administrator's */
  uint32_t own_references;  /* references of this process */
  uint32_t unregistered;    /* of these, how many the service does not know yet */
  char service_version[32]; /* "" when not available */
  char instance[40];        /* changes with each start of the service; "" when not available */
} PROFILE_BROKER_STATUS;

/* Deletes a profile for real. profile is the name as first spelled; context is what
 * ProfileBrokerSetRemover got. Returns S_OK or MAPI_E_NOT_FOUND when the profile is gone, else an
 * error: the profile then stays as it was, marked. Called on the thread that called Release,
 * DeleteProfile or Sweep, with no lock of the library held: it may call the library again. It must
 * not throw. */
typedef PROFILE_BROKER_RESULT(PROFILE_BROKER_CALL* PROFILE_BROKER_REMOVER)(
    const PROFILE_BROKER_CHAR* profile, void* context);

/* Takes a reference to a profile of this process's account. Call it before MAPILogonEx (for a new
 * profile: before or after CreateProfile), and keep it until after IMAPISession::Logoff and the
 * last Release of the session. flags: 0 or PROFILE_BROKER_TEMPORARY. reference: receives the
 * reference, also when the service is absent. S_OK; MAPI_W_NO_SERVICE (0x00040203, a success code):
 * the service did not answer, the reference is kept and registered as soon as it does; until then
 * it is entered in the registry hive, and no process of the account that deletes through this
 * library deletes the profile; MAPI_E_BUSY (0x8004010B): the profile is being deleted, or its
 * deletion is deferred and this process does not use it; MAPI_E_NOT_ENOUGH_RESOURCES (0x8004010E):
 * too many references; MAPI_E_INVALID_PARAMETER (0x80070057): bad name or null pointer;
 * MAPI_E_STRING_TOO_LONG (0x80040105): over 64 characters; MAPI_E_UNKNOWN_FLAGS (0x80040106);
 * MAPI_E_BAD_CHARWIDTH (0x80040103): the text cannot be converted. */
PROFILE_BROKER_API PROFILE_BROKER_RESULT PROFILE_BROKER_CALL
ProfileBrokerAcquireA(const char* profile, uint32_t flags, PROFILE_BROKER_REFERENCE* reference);

/* Ends a reference. When it was the profile's last one on this machine, and the profile is
 * temporary or its deletion deferred, the profile is deleted here and now by the remover. Null is
 * allowed and does nothing. S_OK; MAPI_W_NO_SERVICE: the service did not answer; it is told as soon
 * as it does, or sees the process end; an error of the remover: the profile is still there and
 * marked; the next sweep tries again. The reference has ended in every case.
 * MAPI_E_INVALID_PARAMETER: it had ended before, or never was one. */
PROFILE_BROKER_API PROFILE_BROKER_RESULT PROFILE_BROKER_CALL
ProfileBrokerRelease(PROFILE_BROKER_REFERENCE reference);

/* Call it instead of IProfAdmin::DeleteProfile. The profile is deleted now when no process of the
 * machine uses it, else when its last reference ends: until then only processes that use it already
 * may acquire it. deferred: may be null; receives 1 when the deletion waits, 0 when the profile is
 * gone. S_OK either way, as MAPI does; with no service the deletion is marked in the hive, deferred
 * is 1 and the next sweep completes it. Errors of the remover (MAPI_E_NOT_FOUND: no such profile;
 * after another error the profile is as it was before the call), of names as for Acquire;
 * MAPI_E_BUSY: somebody is deleting the profile right now; MAPI_E_NO_ACCESS: no service, and the
 * registry cannot be written; MAPI_E_NO_SUPPORT: there is no MAPI and no remover; the profile stays
 * marked and deferred is 1. */
PROFILE_BROKER_API PROFILE_BROKER_RESULT PROFILE_BROKER_CALL
ProfileBrokerDeleteProfileA(const char* profile, int32_t* deferred);

/* Tells whether a profile of this account is in use anywhere on the machine. A profile that nobody
 * told the broker of is not in use. MAPI_E_NETWORK_ERROR (0x80040115): no service to ask;
 * MAPI_E_UNCONFIGURED (0x8004011C): not installed; MAPI_E_TIMEOUT (0x80040401);
 * MAPI_E_NO_ACCESS: whoever listens is not the service, or does not let this process in. */
PROFILE_BROKER_API PROFILE_BROKER_RESULT PROFILE_BROKER_CALL
ProfileBrokerQueryA(const char* profile, PROFILE_BROKER_USAGE* usage);

/* Deletes what crashed programs of this account left behind: profiles marked for deletion that
 * nobody uses. Call it after MAPIInitialize. removed: may be null; receives how many were deleted.
 * Errors as for Query; a profile whose deletion fails stays marked and does not make the call fail.
 */
PROFILE_BROKER_API PROFILE_BROKER_RESULT PROFILE_BROKER_CALL ProfileBrokerSweep(uint32_t* removed);

/* Sets how this process deletes a profile; null goes back to the default: IProfAdmin::DeleteProfile
 * through mapi32.dll (on Linux there is no default: without a remover nothing is deleted, and marks
 * stay). */
PROFILE_BROKER_API PROFILE_BROKER_RESULT PROFILE_BROKER_CALL
ProfileBrokerSetRemover(PROFILE_BROKER_REMOVER remover, void* context);

/* Tells how this process stands with the service. S_OK whether the service answers or not. */
PROFILE_BROKER_API PROFILE_BROKER_RESULT PROFILE_BROKER_CALL
ProfileBrokerGetStatus(PROFILE_BROKER_STATUS* status);

/* One sentence for a result of this library, with what to do. Writes at most size characters, the
 * ending null included. MAPI_E_INVALID_PARAMETER: null or size 0. */
PROFILE_BROKER_API PROFILE_BROKER_RESULT PROFILE_BROKER_CALL
ProfileBrokerErrorTextA(PROFILE_BROKER_RESULT result, char* text, uint32_t size);

#ifdef _WIN32
PROFILE_BROKER_API PROFILE_BROKER_RESULT PROFILE_BROKER_CALL
ProfileBrokerAcquireW(const WCHAR* profile, uint32_t flags, PROFILE_BROKER_REFERENCE* reference);
PROFILE_BROKER_API PROFILE_BROKER_RESULT PROFILE_BROKER_CALL
ProfileBrokerDeleteProfileW(const WCHAR* profile, int32_t* deferred);
PROFILE_BROKER_API PROFILE_BROKER_RESULT PROFILE_BROKER_CALL
ProfileBrokerQueryW(const WCHAR* profile, PROFILE_BROKER_USAGE* usage);
PROFILE_BROKER_API PROFILE_BROKER_RESULT PROFILE_BROKER_CALL
ProfileBrokerErrorTextW(PROFILE_BROKER_RESULT result, WCHAR* text, uint32_t size);
#endif

#if defined(_WIN32) && defined(UNICODE)
#define ProfileBrokerAcquire ProfileBrokerAcquireW
#define ProfileBrokerDeleteProfile ProfileBrokerDeleteProfileW
#define ProfileBrokerQuery ProfileBrokerQueryW
#define ProfileBrokerErrorText ProfileBrokerErrorTextW
#else
#define ProfileBrokerAcquire ProfileBrokerAcquireA
#define ProfileBrokerDeleteProfile ProfileBrokerDeleteProfileA
#define ProfileBrokerQuery ProfileBrokerQueryA
#define ProfileBrokerErrorText ProfileBrokerErrorTextA
#endif

#ifdef __cplusplus
}
#endif

#endif
