// The incremental reader behind framing.h.
#include "proto/framing.h"

#include <algorithm>
#include <charconv>

#include "proto/plain_text.h"

namespace profile_broker {
namespace {

constexpr char kLengthPiece[] = "Content-Length: ";
constexpr char kEndPiece[] = "\r\n\r\n";
constexpr std::string_view kLengthHeader = kLengthPiece;
constexpr std::string_view kHeaderEnd = kEndPiece;
// Any length's digits find room.
constexpr std::size_t kHeaderRoom = kLengthHeader.size() + 20 + kHeaderEnd.size();

// The header of a frame with so many bytes of content: how long it is, and written to at.
std::size_t frame_header_bytes(std::size_t content_bytes) {
  std::size_t digits = 1;
  for (; content_bytes >= 10; content_bytes /= 10) {
    ++digits;
  }
  return kLengthHeader.size() + digits + kHeaderEnd.size();
}

void put_frame_header(char* at, std::size_t content_bytes) {
  char* const end_of_digits = at + frame_header_bytes(content_bytes) - kHeaderEnd.size();
  at += kLengthHeader.copy(at, kLengthHeader.size());
  std::to_chars(at, end_of_digits, content_bytes);
  kHeaderEnd.copy(end_of_digits, kHeaderEnd.size());
}

bool equals_ignoring_ascii_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::string_view text_of(FramingError error) {
  switch (error) {
    case FramingError::header_too_long:
      return "the header block has no end within 256 bytes";
    case FramingError::bad_header:
      return "a header line is not 'Name: value' ended by CR LF";
    case FramingError::unknown_header:
      return "only the headers Content-Length and Content-Type are known";
    case FramingError::content_length_missing:
      return "the header Content-Length is missing";
    case FramingError::content_length_repeated:
      return "the header Content-Length stands twice";
    case FramingError::bad_content_length:
      return "Content-Length is not a number of 1 to 7 ASCII digits";
    case FramingError::frame_too_long:
      return "the frame is longer than the limit";
  }
  return "framing error";
}

// Drops what was handed out, so that the buffer holds at most one unfinished frame plus one read.
void FrameReader::make_room(std::size_t bytes) {
  if (consumed_ == filled_) {
    consumed_ = filled_ = 0;
    if (buffer_.size() > kMostKept) {  // a large frame came once
      std::string().swap(buffer_);
    }
  }
  if (buffer_.size() - filled_ >= bytes) {
    return;
  }
  if (consumed_ > 0) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(consumed_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
    filled_ -= consumed_;
    consumed_ = 0;
  }
  if (buffer_.size() - filled_ < bytes) {
    buffer_.resize(filled_ + bytes);
  }
}

std::span<char> FrameReader::made_room() {
  const std::size_t missing = body_bytes_ ? *body_bytes_ - unread().size() : 0;
  make_room(std::clamp(missing, least_room_, kMostRoom));
  return {buffer_.data() + filled_, buffer_.size() - filled_};
}

void FrameReader::append(std::string_view bytes) {
  if (!error_) {
    make_room(bytes.size());
    std::copy(bytes.begin(), bytes.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(filled_));
    filled(bytes.size());
  }
}

std::optional<std::string_view> FrameReader::next_of_unread() {
  if (error_ || (!body_bytes_ && !read_plain_header() && !read_header()) ||
      filled_ - consumed_ < *body_bytes_) {
    return std::nullopt;
  }
  const std::string_view content(buffer_.data() + consumed_, *body_bytes_);
  consumed_ += content.size();
  body_bytes_.reset();
  return content;
}

// The header as nearly every peer writes it. Whatever is not quite like that is left to the rules
// below.
bool FrameReader::read_plain_header() {
  const auto unread = this->unread();
  if (unread.size() <= kLengthHeader.size() + kHeaderEnd.size() ||
      !begins_with(unread.data(), kLengthPiece)) {
    return false;
  }
  const char* const digits = unread.data() + kLengthHeader.size();
  const char* const behind_most =
      digits +
      std::min(unread.size() - kLengthHeader.size() - kHeaderEnd.size(), kMaxContentLengthDigits);
  std::size_t length = 0;
  const char* at = digits;
  for (; at != behind_most && *at >= '0' && *at <= '9'; ++at) {
    length = 10 * length + static_cast<std::size_t>(*at - '0');
  }
  if (at == digits || length > max_frame_bytes_ || !begins_with(at, kEndPiece)) {
    return false;
  }
  body_bytes_ = length;
  consumed_ += static_cast<std::size_t>(at - unread.data()) + kHeaderEnd.size();
  return true;
}

bool FrameReader::read_header() {
  const auto unread = this->unread();
  const auto end = unread.substr(0, kMaxHeaderBytes).find(kHeaderEnd);
  if (end == std::string_view::npos) {
    if (unread.size() >= kMaxHeaderBytes) {
      error_ = FramingError::header_too_long;
    } else if (const auto line_feed = unread.find('\n');
               line_feed != std::string_view::npos &&
               (line_feed == 0 || unread[line_feed - 1] != '\r')) {
      error_ =
          FramingError::bad_header;  // LF-only input would otherwise wait for a CR that never comes
    }
    return false;
  }
  error_ = parse_header(unread.substr(0, end + 2));
  if (error_) {
    return false;
  }
  consumed_ += end + kHeaderEnd.size();
  return true;
}

std::optional<FramingError> FrameReader::parse_header(std::string_view header) {
  std::optional<std::size_t> length;
  while (!header.empty()) {
    const auto line_end = header.find("\r\n");
    const auto line = header.substr(0, line_end);
    header.remove_prefix(line_end + 2);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || line.find_first_of("\r\n") != std::string_view::npos) {
      return FramingError::bad_header;
    }
    const auto name = line.substr(0, colon);
    if (equals_ignoring_ascii_case(name, "Content-Type")) {
      continue;
    }
    if (!equals_ignoring_ascii_case(name, "Content-Length")) {
      return FramingError::unknown_header;
    }
    if (length) {
      return FramingError::content_length_repeated;
    }
    const auto digits = trim_blanks(line.substr(colon + 1));
    if (digits.empty() || digits.size() > kMaxContentLengthDigits ||
        digits.find_first_not_of("0123456789") != std::string_view::npos) {
      return FramingError::bad_content_length;
    }
    std::size_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (value > max_frame_bytes_) {
      return FramingError::frame_too_long;
    }
    length = value;
  }
  if (!length) {
    return FramingError::content_length_missing;
  }
  body_bytes_ = length;
  return std::nullopt;
}

void append_frame(std::string& out, std::string_view content) {
  const auto begun = begin_frame(out);
  out.append(content);
  end_frame(out, begun);
}

void append_frame(TextBuffer& out, std::string_view content) {
  const auto header_bytes = frame_header_bytes(content.size());
  char* const at = out.room_for(header_bytes + content.size());
  put_frame_header(at, content.size());
  out.ends_at(at + header_bytes + content.copy(at + header_bytes, content.size()));
}

std::size_t begin_frame(std::string& out) {
  const auto begun = out.size();
  out.append(kHeaderRoom, ' ');
  return begun;
}

void end_frame(std::string& out, std::size_t begun) {
  const auto content_bytes = out.size() - begun - kHeaderRoom;
  out.erase(begun, kHeaderRoom - frame_header_bytes(content_bytes));
  put_frame_header(out.data() + begun, content_bytes);
}

}  // namespace profile_broker
