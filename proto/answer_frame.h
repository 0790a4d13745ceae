// A whole answer, from the header of its frame to the last brace, written in one go to where it is
// sent from (protocol.md: framing, answers). What stands in it is whoever's who writes the result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "proto/digits.h"
#include "proto/json_writer.h"
#include "proto/text_buffer.h"

namespace profile_broker {

// Most answers have 100 to 999 bytes; the content of others is moved.
inline constexpr std::size_t kUsualDigits = 3;
// Puts as many digits as the number has into the place of the usual ones.
void put_other_length(TextBuffer& out, std::size_t digits_at, std::size_t bytes);

// id: of the request, JSON text. write_result(JsonWriter&) writes the result. Returns how many
// bytes the frame's content has; out.truncate() to what it was takes it back.
template <typename WriteResult>
std::size_t append_answer_frame(TextBuffer& out, std::string_view id, WriteResult write_result) {
  const std::size_t digits_at = out.size() + std::string_view("Content-Length: ").size();
  const std::size_t content_at = digits_at + std::string_view("000\r\n\r\n").size();
  {
    JsonWriter json(out);
    json.write(
        "Content-Length: 000\r\n\r\n"
        R"({"jsonrpc":"2.0","id":)",
        JsonText{id}, R"(,"result":)");
    write_result(json);
    json.write("}");
  }
  const std::size_t bytes = out.size() - content_at;
  if (bytes >= 100 && bytes < 1'000) {
    char* const digits = out.data() + digits_at;
    *digits = static_cast<char>('0' + bytes / 100);
    put_two_digits(digits + 1, static_cast<std::uint32_t>(bytes % 100));
  } else {
    put_other_length(out, digits_at, bytes);
  }
  return bytes;
}

}  // namespace profile_broker
