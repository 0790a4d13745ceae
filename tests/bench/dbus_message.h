// D-Bus messages, marshalled by hand as the D-Bus Specification says ("Message Protocol"), little
// endian. Writes calls of methods and tells where a message ends; does no I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace profile_broker::bench {

inline constexpr char kDbusMethodReturn = 2;
inline constexpr char kDbusSignal = 4;

// Puts values one after another, each aligned as its type wants. A body's first byte counts as
// aligned.
class DbusWriter {
 public:
  void align(std::size_t to) { bytes_.append((to - bytes_.size() % to) % to, '\0'); }
  DbusWriter& raw(std::initializer_list<char> bytes);
  DbusWriter& number(std::uint32_t value);
  DbusWriter& long_number(std::uint64_t value);
  DbusWriter& text(std::string_view value);
  DbusWriter& signature(std::string_view value);
  // One element of an array of structures, or a structure's inner one.
  DbusWriter& structure() {
    align(8);
    return *this;
  }

  // What write() puts becomes an array of structures.
  template <typename Write>
  DbusWriter& array_of_structures(Write write) {
    align(4);
    const std::size_t length_at = bytes_.size();
    number(0);
    align(8);
    const std::size_t begin = bytes_.size();
    write();
    patch(length_at, static_cast<std::uint32_t>(bytes_.size() - begin));
    return *this;
  }

  const std::string& bytes() const { return bytes_; }

 private:
  void patch(std::size_t at, std::uint32_t value);

  std::string bytes_;
};

struct DbusMethod {
  std::string_view path;
  std::string_view interface;
  std::string_view member;
  std::string_view destination;   // empty: none, on a connection without a bus
  std::string_view signature;     // of the body; empty: it has none
  std::uint32_t descriptors = 0;  // that are sent beside it
};

// The whole message, serial number 7.
std::string dbus_call(const DbusMethod& method, const std::string& body);

// How many bytes the message at the front has; 0 when it is not complete. Its type is its second
// byte.
std::size_t dbus_message_bytes(std::string_view bytes);

}  // namespace profile_broker::bench
