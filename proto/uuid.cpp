// UUIDs and their text form as a whole (uuid.h). The digits are uuid_sse2.cpp's or
// uuid_portable.cpp's.
#include "proto/uuid.h"

namespace profile_broker {

std::optional<Uuid> uuid_from_text(std::string_view text) {
  Uuid uuid;
  return text.size() == kUuidCharacters && read_uuid(text.data(), uuid) ? std::optional(uuid)
                                                                        : std::nullopt;
}

std::string text_of(const Uuid& uuid) {
  std::string text(kUuidCharacters, '-');
  put_text_of(text.data(), uuid);
  return text;
}

std::optional<std::string> canonical_uuid(std::string_view text) {
  const auto uuid = uuid_from_text(text);
  return uuid ? std::optional(text_of(*uuid)) : std::nullopt;
}

Uuid uuid_from_random(Uuid::Bytes bytes) {
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  return Uuid(bytes);
}

}  // namespace profile_broker
