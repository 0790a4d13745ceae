// The columns behind table.h.
#include "client-lib/cli/table.h"

#include <algorithm>

#include "client-lib/cli/text_width.h"

namespace profile_broker::client::cli {
namespace {

constexpr std::size_t kGap = 2;  // between columns
// Less than that is no column of sentences.
constexpr std::size_t kLeastRoom = 12;

void append_wrapped(std::string& text, const std::string& cell, Ink ink, std::size_t indent,
                    std::size_t room, const Paint& paint) {
  bool first = true;
  for (const auto& line : wrapped(cell, room)) {
    text.append(first ? "" : "\n" + std::string(indent, ' ')).append(paint(ink, line));
    first = false;
  }
}

}  // namespace

std::string printable(std::string_view utf8) {
  std::string text;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto byte = static_cast<unsigned char>(utf8[i]);
    const bool c1 = byte == 0xC2 && i + 1 < utf8.size() &&
                    static_cast<unsigned char>(utf8[i + 1]) < 0xA0;  // U+0080 to U+009F
    if (byte < 0x20 || byte == 0x7F || c1) {
      text.push_back('?');
      i += c1;
    } else {
      text.push_back(utf8[i]);
    }
  }
  return text;
}

std::string aligned(const std::vector<Row>& rows, const Paint& paint, std::size_t columns) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t column = 0; column < row.size(); ++column) {
      widths[column] = std::max(widths[column], width_of(printable(row[column].text)));
    }
  }
  std::size_t before_last = 0;
  for (std::size_t column = 0; column + 1 < widths.size(); ++column) {
    before_last += widths[column] + kGap;
  }
  const auto room = columns >= before_last + kLeastRoom ? columns - before_last : 0;
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      const auto cell = printable(row[column].text);
      if (column + 1 == widths.size()) {
        append_wrapped(text, cell, row[column].ink, before_last, room, paint);
      } else {
        text.append(paint(row[column].ink, cell));
      }
      if (column + 1 < row.size()) {
        text.append(widths[column] - width_of(cell) + kGap, ' ');
      }
    }
    text.push_back('\n');
  }
  return text;
}

std::string one_line(const Row& cells, std::size_t columns, const Paint& paint) {
  std::string text;
  for (const auto& cell : cells) {
    const auto whole = printable(cell.text);
    const auto width = width_of(whole);
    text.append(paint(cell.ink, fitted(whole, columns)));
    if (width > columns) {
      break;
    }
    columns -= width;
  }
  return text;
}

Row titles(std::vector<std::string> names) {
  Row row;
  for (auto& name : names) {
    row.emplace_back(std::move(name), Ink::strong);
  }
  return row;
}

}  // namespace profile_broker::client::cli
