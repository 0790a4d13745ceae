// Aligned columns, two spaces apart, and what may be shown of other people's text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace profile_broker::client::cli {

// Control characters would let a process's label or image name rule the reader's terminal: each is
// shown as '?'.
std::string printable(std::string_view utf8);

using Row = std::vector<std::string>;

// Each line ends with a line feed; the last column is not padded. Rows may be shorter than others.
std::string aligned(const std::vector<Row>& rows);

}  // namespace profile_broker::client::cli
