// Fuzzes the frame reader (proto/framing.h). The input is a byte stream as it is on the wire.
// Demanded: however the stream is cut, the same frames come out, an error or none, which is final;
// what came out can be framed again and read back; nothing longer than the limit comes out or is
// kept.
#include <cstdint>
#include <string>
#include <vector>

#include "proto/framing.h"
#include "tests/fuzz/require.h"

namespace profile_broker::fuzz {
namespace {

constexpr std::size_t kLimit = 300;

struct Read {
  std::vector<std::string> frames;
  std::optional<FramingError> error;
  bool at_boundary = false;
};

Read read_in_pieces(std::string_view stream, std::size_t piece) {
  FrameReader reader(kLimit);
  Read read;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    reader.append(stream.substr(at, piece));
    while (const auto frame = reader.next()) {
      require(!reader.error(), "a frame was handed out by a reader that is in error");
      require(frame->size() <= kLimit, "a frame is longer than the limit");
      read.frames.emplace_back(*frame);
    }
  }
  read.error = reader.error();
  read.at_boundary = reader.at_frame_boundary();
  if (read.error) {
    reader.append("Content-Length: 2\r\n\r\n{}");
    require(!reader.next() && reader.error() == read.error, "a framing error was not final");
    require(!text_of(*read.error).empty(), "an error has no words");
  }
  return read;
}

void one_stream(std::string_view stream) {
  const Read whole = read_in_pieces(stream, stream.size() + 1);
  for (const std::size_t piece : {1U, 3U, 17U}) {
    const Read cut = read_in_pieces(stream, piece);
    require(cut.frames == whole.frames, "the cuts of a stream change its frames");
    // Which of several violations is seen first may depend on the cuts; that there is one may not.
    require(cut.error.has_value() == whole.error.has_value(),
            "the cuts of a stream change whether it is one of frames");
    require(cut.error || cut.at_boundary == whole.at_boundary,
            "the cuts of a stream change whether a frame is under way");
  }
  std::string again;
  for (const auto& frame : whole.frames) {
    append_frame(again, frame);
  }
  const Read reread = read_in_pieces(again, 7);
  require(reread.frames == whole.frames && !reread.error && (again.empty() || reread.at_boundary),
          "frames that were written are not read back");
}

}  // namespace
}  // namespace profile_broker::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  profile_broker::fuzz::one_stream({reinterpret_cast<const char*>(data), size});
  return 0;
}
