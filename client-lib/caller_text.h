// Text as programs hand it in and out: the process's ANSI code page, on Linux UTF-8. UTF-16 on
// Windows is converted in exports_win.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "profile_broker/client.h"
#include "proto/profile_name.h"

namespace profile_broker::client {

// UTF-8; nothing when the text has no such form.
std::optional<std::string> utf8_from_caller(const char* text);
// What has no form in the code page becomes '?'.
std::string caller_text_from_utf8(const std::string& text);
// As removers take it.
std::basic_string<PROFILE_BROKER_CHAR> remover_text_from_utf8(const std::string& text);

}  // namespace profile_broker::client
