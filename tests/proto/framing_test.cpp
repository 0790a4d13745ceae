#include "proto/framing.h"

#include <algorithm>

#include "tests/support/catch.h"

using namespace profile_broker;

namespace {

std::string frame(std::string_view content) {
  std::string out;
  append_frame(out, content);
  return out;
}

FramingError error_of(std::string_view bytes) {
  FrameReader reader;
  reader.append(bytes);
  CHECK_FALSE(reader.next());
  REQUIRE(reader.error());
  return *reader.error();
}

}  // namespace

TEST_CASE("frames come out as they went in, however the bytes are cut") {
  const std::string stream = frame("{}") + frame(R"({"a":1})") + frame("") + frame("last");
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    FrameReader reader;
    std::vector<std::string> contents;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      reader.append(std::string_view(stream).substr(at, piece));
      while (const auto content = reader.next()) {
        contents.emplace_back(*content);
      }
    }
    REQUIRE(contents == std::vector<std::string>{"{}", R"({"a":1})", "", "last"});
    CHECK(reader.at_frame_boundary());
    CHECK_FALSE(reader.error());
  }
}

TEST_CASE("a reader knows whether a peer stopped inside a frame") {
  FrameReader reader;
  CHECK(reader.at_frame_boundary());
  reader.append("Content-Length: 5\r\n\r\nab");
  CHECK_FALSE(reader.next());
  CHECK_FALSE(reader.at_frame_boundary());
  reader.append("cde");
  CHECK(reader.next() == "abcde");
  CHECK(reader.at_frame_boundary());
  reader.append("Content-Length: 5\r\n\r\n");
  CHECK_FALSE(reader.next());
  CHECK_FALSE(reader.at_frame_boundary());
}

TEST_CASE("Content-Type is accepted and ignored, and header names have no case") {
  FrameReader reader;
  reader.append(
      "content-type: application/vscode-jsonrpc; charset=utf-8\r\nCONTENT-LENGTH:2\r\n\r\n{}");
  CHECK(reader.next() == "{}");
}

TEST_CASE("every way to break the framing is refused by its name") {
  CHECK(error_of("Content-Length: 2\r\nContent-Length: 2\r\n\r\n") ==
        FramingError::content_length_repeated);
  CHECK(error_of("Content-Length: -2\r\n\r\n") == FramingError::bad_content_length);
  CHECK(error_of("Content-Length: +2\r\n\r\n") == FramingError::bad_content_length);
  CHECK(error_of("Content-Length: 0x2\r\n\r\n") == FramingError::bad_content_length);
  CHECK(error_of("Content-Length: 2 2\r\n\r\n") == FramingError::bad_content_length);
  CHECK(error_of("Content-Length: \r\n\r\n") == FramingError::bad_content_length);
  CHECK(error_of("Content-Length: 00000002\r\n\r\n") == FramingError::bad_content_length);
  CHECK(error_of("Content-Length: 65537\r\n\r\n") == FramingError::frame_too_long);
  CHECK(error_of("Content-Length: 9999999\r\n\r\n") == FramingError::frame_too_long);
  CHECK(error_of("Content-Type: x\r\n\r\n") == FramingError::content_length_missing);
  CHECK(error_of("\r\n\r\n") == FramingError::bad_header);
  CHECK(error_of("X-Other: 1\r\nContent-Length: 2\r\n\r\n") == FramingError::unknown_header);
  CHECK(error_of("Content-Length\r\n\r\n") == FramingError::bad_header);
  CHECK(error_of("Content-Length: 2\n\n{}") == FramingError::bad_header);
  CHECK(error_of("GET / HTTP/1.1\r\n\r\n") == FramingError::bad_header);
  CHECK(error_of(std::string(kMaxHeaderBytes, 'x')) == FramingError::header_too_long);
}

TEST_CASE("a header is a header wherever a read ends, whatever stands behind it") {
  const std::string header = "Content-Length: 3\r\n\r\n";
  for (std::size_t bytes = 0; bytes <= header.size(); ++bytes) {
    FrameReader reader;
    reader.append(header.substr(0, bytes));
    CHECK_FALSE(reader.next());
    CHECK_FALSE(reader.next());
    CHECK_FALSE(reader.error());
    CHECK(reader.at_frame_boundary() == (bytes == 0));
    reader.append(header.substr(bytes) + "abc" + header + "de");
    CHECK(reader.next() == "abc");
    CHECK_FALSE(reader.next());
    reader.append("f");
    CHECK(reader.next() == "def");
  }
  CHECK(error_of("Content-Length: 99999999\r\n\r\n" + std::string(30, 'x')) ==
        FramingError::bad_content_length);
  CHECK(error_of("Content-Length: 0000000\n\n" + std::string(300, 'x')) ==
        FramingError::header_too_long);
}

TEST_CASE("a frame of exactly the limit passes, one byte more does not") {
  FrameReader reader(10);
  reader.append(frame("0123456789"));
  CHECK(reader.next() == "0123456789");
  reader.append(frame("0123456789a"));
  CHECK_FALSE(reader.next());
  CHECK(reader.error() == FramingError::frame_too_long);
}

TEST_CASE(
    "a reader keeps little room for a peer that asks one thing at a time, and more once it was "
    "filled") {
  const std::string frame = "Content-Length: 100\r\n\r\n" + std::string(100, 'x');
  FrameReader reader;
  for (int i = 0; i < 100; ++i) {
    const auto room = reader.room();
    REQUIRE(room.size() == FrameReader::kFirstRoom);
    std::copy(frame.begin(), frame.end(), room.begin());
    reader.filled(frame.size());
    CHECK(reader.next() == std::string(100, 'x'));
    CHECK_FALSE(reader.next());
  }
  std::string many;
  while (many.size() < FrameReader::kFirstRoom) {
    many += frame;
  }
  const auto room = reader.room();
  std::copy_n(many.begin(), room.size(), room.begin());
  reader.filled(room.size());
  while (reader.next()) {
  }
  CHECK(reader.room().size() >= FrameReader::kLeastRoom);
}

TEST_CASE("after a violation nothing is read any more") {
  FrameReader reader;
  reader.append("nonsense\r\n\r\n");
  CHECK_FALSE(reader.next());
  reader.append(frame("{}"));
  CHECK_FALSE(reader.next());
  CHECK(reader.error() == FramingError::bad_header);
}
