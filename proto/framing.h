// Frames as in the base protocol of the Language Server Protocol: "Content-Length: N\r\n\r\n" and N
// bytes. Sans-IO: append what was read, take out what is complete. Every length is checked against
// its limit before a byte is kept for it. A violation is final: the stream has no known frame
// boundary any more, so the connection must end.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "proto/limits.h"
#include "proto/text_buffer.h"

namespace profile_broker {

enum class FramingError {
  header_too_long,  // no end of header within kMaxHeaderBytes
  bad_header,       // not "Name: value\r\n", or a line feed without its carriage return
  unknown_header,   // only Content-Length and Content-Type exist
  content_length_missing,
  content_length_repeated,
  bad_content_length,  // not 1 to 7 ASCII digits
  frame_too_long,      // over the reader's limit
};

std::string_view text_of(FramingError error);

class FrameReader {
 public:
  explicit FrameReader(std::size_t max_frame_bytes = kMaxRequestBytes)
      : max_frame_bytes_(max_frame_bytes) {}

  // Where the next bytes can be read to, without a copy: at least kFirstRoom bytes, or kLeastRoom
  // once a read has filled what there was; as many as the frame that has begun still needs, if that
  // is not far more. Then say how many came.
  std::span<char> room() {
    const bool idle = consumed_ == filled_ && !body_bytes_;
    if (!idle || buffer_.size() < least_room_ || buffer_.size() > kMostKept) {
      return made_room();
    }
    consumed_ = filled_ = 0;
    return buffer_;
  }
  void filled(std::size_t bytes) {
    filled_ += bytes;
    if (filled_ == buffer_.size()) {
      least_room_ = kLeastRoom;
    }
  }
  // The same with a copy.
  void append(std::string_view bytes);

  // The next complete frame's content, or nothing: then either error() tells why there will never
  // be another one, or more bytes are needed. The view is valid until the next call of room or
  // append.
  std::optional<std::string_view> next() {
    // All of it handed out, after each read of nearly every peer, is worth no call.
    return at_frame_boundary() ? std::nullopt : next_of_unread();
  }

  std::optional<FramingError> error() const { return error_; }
  // True between frames: a peer that stops here has not left anything half said.
  bool at_frame_boundary() const { return !body_bytes_ && consumed_ == filled_; }

  // Most peers ask one thing at a time, which is 200 bytes long.
  static constexpr std::size_t kFirstRoom = 512;
  static constexpr std::size_t kLeastRoom = 4'096;

 private:
  // A reader that is idle keeps at most so much memory, and never asks for more at once than this.
  static constexpr std::size_t kMostKept = 4 * kLeastRoom;
  static constexpr std::size_t kMostRoom = 16 * kLeastRoom;

  std::string_view unread() const { return {buffer_.data() + consumed_, filled_ - consumed_}; }
  std::optional<std::string_view> next_of_unread();
  std::span<char> made_room();
  void make_room(std::size_t bytes);
  // Each takes the header that begins what is unread, and sets body_bytes_. False: it has not.
  bool read_plain_header();
  bool read_header();
  std::optional<FramingError> parse_header(std::string_view header);

  std::size_t max_frame_bytes_;
  std::string buffer_;  // all of it is there to be read to; bytes from consumed_ to filled_ count
  std::size_t consumed_ = 0;
  std::size_t filled_ = 0;
  std::size_t least_room_ = kFirstRoom;
  std::optional<std::size_t> body_bytes_;  // set once the header of the current frame is read
  std::optional<FramingError> error_;
};

// Appends one frame to out.
void append_frame(std::string& out, std::string_view content);
void append_frame(TextBuffer& out, std::string_view content);

// The same, written straight to its place: what is appended to out between the two is the content.
// Begun is where the frame begins.
std::size_t begin_frame(std::string& out);
void end_frame(std::string& out, std::size_t begun);

}  // namespace profile_broker
