// Aligned columns, two spaces apart, and what may be shown of other people's text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "client-lib/cli/ink.h"

namespace profile_broker::client::cli {

// Control characters would let a process's label or image name rule the reader's terminal: each is
// shown as '?'.
std::string printable(std::string_view utf8);

struct Cell {
  Cell(std::string shown, Ink colour = Ink::plain)  // NOLINT: a text is a cell
      : text(std::move(shown)), ink(colour) {}
  Cell(const char* shown, Ink colour = Ink::plain)  // NOLINT: a text is a cell
      : text(shown), ink(colour) {}

  std::string text;
  Ink ink;
};

using Row = std::vector<Cell>;

// Each line ends with a line feed; the last column is not padded. Rows may be shorter than others.
// columns: of the terminal, at which the last column is wrapped, below the others where they leave
// it no room; 0 for lines of any length.
std::string aligned(const std::vector<Row>& rows, const Paint& paint = Paint(),
                    std::size_t columns = 0);

// The cells side by side without a gap, cut off at that many columns; no line feed.
std::string one_line(const Row& cells, std::size_t columns, const Paint& paint);

// A row of column titles.
Row titles(std::vector<std::string> names);

}  // namespace profile_broker::client::cli
