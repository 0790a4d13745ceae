// Every number of the protocol that a peer can run into, in one place, with the reason for its
// size. The service takes them as a value (ServiceLimits in service/service_limits.h overrides a
// few); protocol.md lists them for other implementers. Nothing here is enforced by this file.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace profile_broker {

inline constexpr int kProtocolVersion = 1;

// Framing. A request names one profile or a few thousand in a sweep; 64 KiB holds both.
inline constexpr std::size_t kMaxHeaderBytes = 256;
inline constexpr std::size_t kMaxContentLengthDigits = 7;
inline constexpr std::size_t kMaxRequestBytes = std::size_t{64} * 1024;
// Answers may be longer: profile/list of a whole machine. The client refuses what is longer still.
inline constexpr std::size_t kMaxAnswerBytes = 9'999'999;

// JSON. Deep enough for every message; a stack that a peer cannot grow.
inline constexpr int kMaxJsonDepth = 8;
inline constexpr std::size_t kMaxStringBytes = 1024;

// Words of the domain.
inline constexpr std::size_t kMaxProfileNameUnits =
    64;  // UTF-16 units: cchProfileNameMax of MAPIDefS.h
inline constexpr std::size_t kMaxLabelCharacters = 128;

// Quotas.
inline constexpr std::uint32_t kMaxConnections = 32'768;
inline constexpr std::uint32_t kMaxConnectionsPerUser = 256;
inline constexpr std::uint32_t kMaxSilentConnectionsPerUser = 64;
inline constexpr std::uint32_t kMaxReferencesPerProcess = 4'096;
inline constexpr std::uint32_t kMaxReferencesPerUser = 65'536;
// Profiles of one hive that the service remembers: in use, waiting for a sweep, or being removed.
inline constexpr std::uint32_t kMaxProfilesPerUser = 65'536;
inline constexpr std::size_t kMaxOutboundQueueBytes = std::size_t{64} * 1024;
// One sweep answers at most so many removals; the client sweeps again until none is left.
inline constexpr std::size_t kMaxRemovalsPerSweep = 256;
// Of the profiles that a sweep was not asked about by name, at most so many are reported as kept.
inline constexpr std::size_t kMaxKeptPerSweep = 4'096;
// A list of more profiles and references than this is refused before it is built.
inline constexpr std::size_t kMaxListed = 131'072;

// Deadlines of the service.
inline constexpr std::chrono::milliseconds kFirstFrameDeadline{2'000};
inline constexpr std::chrono::milliseconds kStartedFrameDeadline{2'000};
inline constexpr std::chrono::milliseconds kWriteDeadline{2'000};
inline constexpr std::chrono::seconds kRecoveryTime{10};
inline constexpr std::chrono::seconds kMaxRecoveryTime{3'600};

// Deadlines of the client.
inline constexpr std::chrono::milliseconds kConnectDeadline{250};
inline constexpr std::chrono::milliseconds kCallDeadline{1'000};

}  // namespace profile_broker
