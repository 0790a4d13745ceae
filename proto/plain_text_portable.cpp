// Plain text on a processor that plain_text_sse2.cpp is not for.
#include "proto/plain_text_by_words.h"

namespace profile_broker {

std::size_t before_quote(std::string_view text) {
  return before_quote_by_words(text);
}

bool copy_plain(char* to, std::string_view text) {
  return copy_plain_by_words(to, text);
}

}  // namespace profile_broker
