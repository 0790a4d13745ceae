// The columns behind table.h.
#include "client-lib/cli/table.h"

#include <algorithm>

#include "client-lib/cli/text_width.h"

namespace profile_broker::client::cli {
namespace {

constexpr std::size_t kColumnGap = 2;  // between columns
// Less than that is no column of sentences: they stand below the others then.
constexpr std::size_t kLeastRoom = 16;
constexpr std::size_t kIndentBelow = 4;

std::vector<std::size_t> widths_of(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t column = 0; column < row.size(); ++column) {
      widths[column] = std::max(widths[column], width_of(printable(row[column].text)));
    }
  }
  return widths;
}

// Where the last column stands, and how many columns of the terminal it has.
struct LastColumn {
  std::size_t indent = 0;
  std::size_t room = 0;  // 0: as many as it takes
  bool is_below = false;
};

LastColumn place_last(const std::vector<std::size_t>& widths, std::size_t columns) {
  LastColumn last;
  for (std::size_t column = 0; column + 1 < widths.size(); ++column) {
    last.indent += widths[column] + kColumnGap;
  }
  last.is_below = columns > 0 && last.indent > 0 && columns < last.indent + kLeastRoom &&
                  columns < last.indent + widths.back();
  if (last.is_below) {
    last.indent = kIndentBelow;
  }
  last.room = columns > last.indent ? columns - last.indent : 0;
  return last;
}

std::string wrapped_cell(const std::string& cell, Ink ink, const LastColumn& last,
                         const Paint& paint) {
  const auto next = "\n" + std::string(last.indent, ' ');
  std::string text;
  bool first = !last.is_below;
  for (const auto& line : wrapped(cell, last.room)) {
    text.append(first ? "" : next).append(paint(ink, line));
    first = false;
  }
  return text;
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
  const auto widths = widths_of(rows);
  const auto last = place_last(widths, columns);
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      const auto cell = printable(row[column].text);
      if (column + 1 == widths.size()) {
        text.append(wrapped_cell(cell, row[column].ink, last, paint));
        continue;
      }
      text.append(paint(row[column].ink, cell));
      const bool ends_line =
          column + 1 == row.size() || (last.is_below && column + 2 == widths.size());
      text.append(ends_line ? 0 : widths[column] - width_of(cell) + kColumnGap, ' ');
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
