// How many columns of a terminal a text takes: none for combining marks, two for East Asian
// characters and emoji, one for all others. Text is UTF-8 without control characters
// (table.h: printable).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace profile_broker::client::cli {

std::size_t width_of(std::string_view utf8);

// The text, or as much of its beginning as leaves room for an ellipsis in that many columns.
std::string fitted(std::string_view utf8, std::size_t columns);

// The text in lines of at most that many columns, broken at spaces; a longer word has a line of its
// own. columns 0: one line. Never empty.
std::vector<std::string> wrapped(std::string_view utf8, std::size_t columns);

}  // namespace profile_broker::client::cli
