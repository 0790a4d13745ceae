// The terminal's codes behind ink.h: the sixteen basic colours, which every theme makes legible.
#include "client-lib/cli/ink.h"

namespace profile_broker::client::cli {
namespace {

std::string_view code_of(Ink ink) {
  switch (ink) {
    case Ink::strong:
      return "\x1b[1m";
    case Ink::faint:
      return "\x1b[2m";
    case Ink::good:
      return "\x1b[32m";
    case Ink::warning:
      return "\x1b[33m";
    case Ink::bad:
      return "\x1b[1;31m";
    case Ink::plain:
      break;
  }
  return "";
}

}  // namespace

std::string Paint::operator()(Ink ink, std::string_view text) const {
  if (!on_ || ink == Ink::plain || text.empty()) {
    return std::string(text);
  }
  return std::string(code_of(ink)).append(text).append("\x1b[0m");
}

}  // namespace profile_broker::client::cli
