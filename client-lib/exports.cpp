// The C functions of client.h, A spelling, and the bodies that the W spelling shares (exports.h).
#include "client-lib/exports.h"

#include <algorithm>
#include <cstring>

#include "client-lib/caller_text.h"
#include "client-lib/error_text.h"

namespace profile_broker::client {
namespace {

// A reference is a number to the caller, not an address: one that was released is recognised.
PROFILE_BROKER_REFERENCE to_caller(Ledger::Handle handle) {
  return reinterpret_cast<PROFILE_BROKER_REFERENCE>(static_cast<std::uintptr_t>(handle));
}

Ledger::Handle from_caller(PROFILE_BROKER_REFERENCE reference) {
  return reinterpret_cast<std::uintptr_t>(reference);
}

template <typename Body>
std::uint32_t with_profile(const CallerName& text, Body&& body) {
  if (!text) {
    return hresult::kBadCharWidth;
  }
  const auto parsed = ProfileName::parse(*text);
  if (const auto* refusal = std::get_if<Refusal>(&parsed)) {
    return facts_of(refusal->reason).hresult;
  }
  return body(std::get<ProfileName>(parsed));
}

void copy_text(const std::string& text, char* buffer, std::size_t size) {
  const auto length = std::min(text.size(), size - 1);
  std::memcpy(buffer, text.data(), length);
  buffer[length] = '\0';
}

}  // namespace

std::uint32_t acquire(const CallerName& profile, std::uint32_t flags,
                      PROFILE_BROKER_REFERENCE& reference) {
  reference = nullptr;
  if ((flags & ~PROFILE_BROKER_TEMPORARY) != 0) {
    return hresult::kUnknownFlags;
  }
  return with_profile(profile, [&](const ProfileName& name) {
    Ledger::Handle handle = 0;
    const auto done =
        process_client().acquire(name, (flags & PROFILE_BROKER_TEMPORARY) != 0, handle);
    if (SUCCEEDED(static_cast<PROFILE_BROKER_RESULT>(done.result))) {
      reference = to_caller(handle);
    }
    return done.result;
  });
}

std::uint32_t delete_profile(const CallerName& profile, std::int32_t* deferred) {
  if (deferred) {
    *deferred = 0;
  }
  return with_profile(profile, [&](const ProfileName& name) {
    bool waits = false;
    const auto done = process_client().delete_profile(name, waits);
    if (deferred) {
      *deferred = waits;
    }
    return done.result;
  });
}

std::uint32_t query(const CallerName& profile, PROFILE_BROKER_USAGE& usage) {
  if (usage.size < sizeof usage) {
    return hresult::kInvalidParameter;
  }
  return with_profile(profile, [&](const ProfileName& name) {
    const auto answer = process_client().query(name);
    if (!answer) {
      return answer.failure().hresult;
    }
    const auto& report = answer->report;
    usage.references = report.references;
    usage.in_use = report.references > 0;
    usage.temporary = report.temporary;
    usage.deletion_deferred = report.deletion_deferred;
    usage.being_removed = report.being_removed;
    usage.own_references = answer->own_references;
    return hresult::kOk;
  });
}

}  // namespace profile_broker::client

using namespace profile_broker;          // NOLINT: this file is the outermost layer
using namespace profile_broker::client;  // NOLINT

extern "C" {

PROFILE_BROKER_RESULT PROFILE_BROKER_CALL
ProfileBrokerAcquireA(const char* profile, uint32_t flags, PROFILE_BROKER_REFERENCE* reference) {
  return guarded([&] {
    return profile && reference ? acquire(utf8_from_caller(profile), flags, *reference)
                                : hresult::kInvalidParameter;
  });
}

PROFILE_BROKER_RESULT PROFILE_BROKER_CALL ProfileBrokerRelease(PROFILE_BROKER_REFERENCE reference) {
  return guarded([&] {
    return reference ? process_client().release(from_caller(reference)).result : hresult::kOk;
  });
}

PROFILE_BROKER_RESULT PROFILE_BROKER_CALL ProfileBrokerDeleteProfileA(const char* profile,
                                                                      int32_t* deferred) {
  return guarded([&] {
    return profile ? delete_profile(utf8_from_caller(profile), deferred)
                   : hresult::kInvalidParameter;
  });
}

PROFILE_BROKER_RESULT PROFILE_BROKER_CALL ProfileBrokerQueryA(const char* profile,
                                                              PROFILE_BROKER_USAGE* usage) {
  return guarded([&] {
    return profile && usage ? query(utf8_from_caller(profile), *usage) : hresult::kInvalidParameter;
  });
}

PROFILE_BROKER_RESULT PROFILE_BROKER_CALL ProfileBrokerSweep(uint32_t* removed) {
  return guarded([&] {
    BrokerClient::Swept swept;
    const auto done = process_client().sweep(swept);
    if (removed) {
      *removed = static_cast<std::uint32_t>(swept.removed.size());
    }
    return done.result;
  });
}

PROFILE_BROKER_RESULT PROFILE_BROKER_CALL ProfileBrokerSetRemover(PROFILE_BROKER_REMOVER remover,
                                                                  void* context) {
  return guarded([&] {
    Remover call;
    if (remover) {
      call = [remover, context](const std::string& profile) {
        return static_cast<std::uint32_t>(
            remover(remover_text_from_utf8(profile).c_str(), context));
      };
    }
    process_client().set_remover(std::move(call));
    return hresult::kOk;
  });
}

PROFILE_BROKER_RESULT PROFILE_BROKER_CALL ProfileBrokerGetStatus(PROFILE_BROKER_STATUS* status) {
  return guarded([&] {
    if (!status || status->size < sizeof *status) {
      return hresult::kInvalidParameter;
    }
    const auto standing = process_client().standing();
    status->available = standing.available;
    status->recovering = standing.status.recovering;
    status->elevated = standing.elevated;
    status->own_references = standing.own.own;
    status->unregistered = standing.own.unregistered;
    copy_text(standing.status.version, status->service_version, sizeof status->service_version);
    copy_text(standing.status.instance, status->instance, sizeof status->instance);
    return hresult::kOk;
  });
}

PROFILE_BROKER_RESULT PROFILE_BROKER_CALL ProfileBrokerErrorTextA(PROFILE_BROKER_RESULT result,
                                                                  char* text, uint32_t size) {
  return guarded([&] {
    if (!text || size == 0) {
      return hresult::kInvalidParameter;
    }
    copy_text(caller_text_from_utf8(error_text(static_cast<std::uint32_t>(result))), text, size);
    return hresult::kOk;
  });
}

}  // extern "C"
