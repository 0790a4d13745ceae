// The ranges behind text_width.h: what Unicode's EastAsianWidth.txt calls W or F, and the marks
// that the C library's wcwidth gives no column.
#include "client-lib/cli/text_width.h"

#include <algorithm>
#include <iterator>

namespace profile_broker::client::cli {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

constexpr Range kNoColumn[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F}, {0x1AB0, 0x1AFF},
    {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2069}, {0x20D0, 0x20FF},
    {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}};
constexpr Range kTwoColumns[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},
    {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xA960, 0xA97C},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

template <std::size_t count>
bool is_in(const Range (&ranges)[count], char32_t character) {
  return std::any_of(std::begin(ranges), std::end(ranges), [&](const Range& range) {
    return character >= range.first && character <= range.last;
  });
}

// The character that begins at `at`, which is moved behind it.
char32_t next_character(std::string_view utf8, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(utf8[at++]);
  const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
  auto character = static_cast<char32_t>(more == 0 ? lead : lead & (0x3FU >> more));
  for (std::size_t i = 0; i < more && at < utf8.size(); ++i) {
    character = character << 6U | (static_cast<unsigned char>(utf8[at++]) & 0x3FU);
  }
  return character;
}

std::size_t columns_of(char32_t character) {
  return is_in(kNoColumn, character) ? 0 : is_in(kTwoColumns, character) ? 2 : 1;
}

}  // namespace

std::size_t width_of(std::string_view utf8) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < utf8.size();) {
    width += columns_of(next_character(utf8, at));
  }
  return width;
}

std::string fitted(std::string_view utf8, std::size_t columns) {
  if (width_of(utf8) <= columns) {
    return std::string(utf8);
  }
  if (columns == 0) {
    return {};
  }
  std::size_t width = 0;
  std::size_t kept = 0;
  for (std::size_t at = 0; at < utf8.size(); kept = at) {
    width += columns_of(next_character(utf8, at));
    if (width > columns - 1) {
      break;
    }
  }
  return std::string(utf8.substr(0, kept)) + "\u2026";
}

std::vector<std::string> wrapped(std::string_view utf8, std::size_t columns) {
  std::vector<std::string> lines(1);
  while (columns > 0 && width_of(utf8) > columns) {
    std::size_t end = 0;
    for (auto space = utf8.find(' '); space != std::string_view::npos;
         space = utf8.find(' ', space + 1)) {
      if (end > 0 && width_of(utf8.substr(0, space)) > columns) {
        break;
      }
      end = space;
    }
    if (end == 0) {
      break;
    }
    lines.back() = utf8.substr(0, end);
    lines.emplace_back();
    utf8.remove_prefix(end + 1);
  }
  lines.back() = utf8;
  return lines;
}

}  // namespace profile_broker::client::cli
