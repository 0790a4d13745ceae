// The incremental reader behind framing.h.
#include "proto/framing.h"

#include <algorithm>
#include <charconv>

namespace profile_broker {
namespace {

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

void FrameReader::append(std::string_view bytes) {
  if (error_) {
    return;
  }
  // Drop what was handed out, so that the buffer holds at most one unfinished frame plus one read.
  buffer_.erase(0, consumed_);
  consumed_ = 0;
  buffer_.append(bytes);
}

std::optional<std::string_view> FrameReader::next() {
  if (error_) {
    return std::nullopt;
  }
  if (!body_bytes_) {
    const auto header_bytes = read_header(std::string_view(buffer_).substr(consumed_));
    if (!header_bytes) {
      return std::nullopt;
    }
    consumed_ += *header_bytes;
  }
  if (buffer_.size() - consumed_ < *body_bytes_) {
    return std::nullopt;
  }
  const auto content = std::string_view(buffer_).substr(consumed_, *body_bytes_);
  consumed_ += *body_bytes_;
  body_bytes_.reset();
  return content;
}

std::optional<std::size_t> FrameReader::read_header(std::string_view unread) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  const auto end = unread.substr(0, kMaxHeaderBytes).find(kEnd);
  if (end == std::string_view::npos) {
    if (unread.size() >= kMaxHeaderBytes) {
      error_ = FramingError::header_too_long;
    } else if (const auto line_feed = unread.find('\n');
               line_feed != std::string_view::npos &&
               (line_feed == 0 || unread[line_feed - 1] != '\r')) {
      error_ =
          FramingError::bad_header;  // LF-only input would otherwise wait for a CR that never comes
    }
    return std::nullopt;
  }
  error_ = parse_header(unread.substr(0, end + 2));
  if (error_) {
    return std::nullopt;
  }
  return end + kEnd.size();
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
  out.append("Content-Length: ")
      .append(std::to_string(content.size()))
      .append("\r\n\r\n")
      .append(content);
}

}  // namespace profile_broker
