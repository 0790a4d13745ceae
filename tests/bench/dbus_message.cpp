// Alignment and header fields (dbus_message.h).
#include "tests/bench/dbus_message.h"

#include <cstring>

namespace profile_broker::bench {
namespace {

constexpr std::size_t kFixedHeader = 16;

// Codes of header fields.
constexpr char kPath = 1;
constexpr char kInterface = 2;
constexpr char kMember = 3;
constexpr char kDestination = 6;
constexpr char kSignature = 8;
constexpr char kDescriptors = 9;

void begin_field(DbusWriter& fields, char code, char type) {
  // A structure of a byte and a variant; the variant's signature is one character.
  fields.structure().raw({code, 1, type, 0});
}

void put_text_field(DbusWriter& fields, char code, char type, std::string_view text) {
  if (!text.empty()) {
    begin_field(fields, code, type);
    fields.text(text);
  }
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

}  // namespace

DbusWriter& DbusWriter::raw(std::initializer_list<char> bytes) {
  bytes_.append(bytes);
  return *this;
}

DbusWriter& DbusWriter::number(std::uint32_t value) {
  align(sizeof value);
  for (unsigned shift = 0; shift < 32; shift += 8) {
    bytes_.push_back(static_cast<char>(value >> shift));
  }
  return *this;
}

DbusWriter& DbusWriter::long_number(std::uint64_t value) {
  align(sizeof value);
  number(static_cast<std::uint32_t>(value));
  return number(static_cast<std::uint32_t>(value >> 32));
}

DbusWriter& DbusWriter::text(std::string_view value) {
  number(static_cast<std::uint32_t>(value.size()));
  bytes_.append(value).push_back('\0');
  return *this;
}

DbusWriter& DbusWriter::signature(std::string_view value) {
  bytes_.push_back(static_cast<char>(value.size()));
  bytes_.append(value).push_back('\0');
  return *this;
}

void DbusWriter::patch(std::size_t at, std::uint32_t value) {
  std::memcpy(bytes_.data() + at, &value, sizeof value);
}

std::string dbus_call(const DbusMethod& method, const std::string& body) {
  DbusWriter message;
  message.raw({'l', 1, 0, 1}).number(static_cast<std::uint32_t>(body.size())).number(7);
  message.array_of_structures([&] {
    put_text_field(message, kPath, 'o', method.path);
    put_text_field(message, kInterface, 's', method.interface);
    put_text_field(message, kMember, 's', method.member);
    put_text_field(message, kDestination, 's', method.destination);
    if (!method.signature.empty()) {
      begin_field(message, kSignature, 'g');
      message.signature(method.signature);
    }
    if (method.descriptors > 0) {
      begin_field(message, kDescriptors, 'u');
      message.number(method.descriptors);
    }
  });
  message.align(8);
  return message.bytes() + body;
}

std::size_t dbus_message_bytes(std::string_view bytes) {
  if (bytes.size() < kFixedHeader) {
    return 0;
  }
  const std::size_t fields = number_at(bytes, 12);
  const std::size_t whole = (kFixedHeader + fields + 7) / 8 * 8 + number_at(bytes, 4);
  return whole <= bytes.size() ? whole : 0;
}

}  // namespace profile_broker::bench
