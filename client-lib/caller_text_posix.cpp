// Callers' text is UTF-8 already (caller_text.h); whether it is well-formed the profile name's
// rules tell.
#include "client-lib/caller_text.h"

namespace profile_broker::client {

std::optional<std::string> utf8_from_caller(const char* text) {
  return std::string(text);
}

std::string caller_text_from_utf8(const std::string& text) {
  return text;
}

std::string remover_text_from_utf8(const std::string& text) {
  return text;
}

}  // namespace profile_broker::client
