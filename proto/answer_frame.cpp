// The places of the pieces behind answer_frame.h.
#include "proto/answer_frame.h"

#include <cstring>

#include "proto/framing.h"

namespace profile_broker {
namespace {

// Most answers have 100 to 999 bytes; the content of others is moved.
const std::size_t kUsualHeaderBytes = frame_header_bytes(999);

char* put(char* at, std::string_view text) {
  return at + text.copy(at, text.size());
}

}  // namespace

std::size_t begin_answer_frame(TextBuffer& out, std::string_view id) {
  constexpr std::string_view kBeforeId = R"({"jsonrpc":"2.0","id":)";
  constexpr std::string_view kBehindId = R"(,"result":)";
  const std::size_t begun = out.size();
  char* at = out.room_for(kUsualHeaderBytes + kBeforeId.size() + id.size() + kBehindId.size());
  out.ends_at(put(put(put(at + kUsualHeaderBytes, kBeforeId), id), kBehindId));
  return begun;
}

std::size_t end_answer_frame(TextBuffer& out, std::size_t begun) {
  out.append("}");
  const std::size_t content_at = begun + kUsualHeaderBytes;
  const std::size_t bytes = out.size() - content_at;
  const std::size_t header_bytes = frame_header_bytes(bytes);
  if (header_bytes != kUsualHeaderBytes) {
    out.room_for(header_bytes);
    char* const content = out.data() + begun + header_bytes;
    std::memmove(content, out.data() + content_at, bytes);
    out.ends_at(content + bytes);
  }
  put_frame_header(out.data() + begun, bytes);
  return bytes;
}

}  // namespace profile_broker
