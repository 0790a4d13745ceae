// UUIDs as text: references and claims are named by them. Making one needs 16 random bytes, which
// the caller brings.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace profile_broker {

// The canonical spelling (8-4-4-4-12 hexadecimal digits, lower case) of what may be spelled in
// either case; nothing when it is not a UUID.
std::optional<std::string> canonical_uuid(std::string_view text);

// The sixteen bytes that a canonical text spells, where many are kept.
struct Uuid {
  using Bytes = std::array<std::uint8_t, 16>;

  Uuid() = default;
  explicit Uuid(const Bytes& from) : bytes(from) {}  // no aggregate: texts would turn into one

  Bytes bytes{};

  auto operator<=>(const Uuid&) const = default;
};

// Nothing when it is not a UUID in either case.
std::optional<Uuid> uuid_from_text(std::string_view text);
std::string text_of(const Uuid& uuid);
// The same for kUuidCharacters that are there, straight from and to their place. read_uuid: false
// when it is not a UUID; what uuid then is means nothing.
inline constexpr std::size_t kUuidCharacters = 36;
bool read_uuid(const char* text, Uuid& uuid);
void put_text_of(char* at, const Uuid& uuid);

// A version 4 UUID (RFC 9562) from 16 random bytes.
Uuid uuid_from_random(Uuid::Bytes bytes);

}  // namespace profile_broker
