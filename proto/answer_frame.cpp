// The length of an answer that is shorter or longer than most (answer_frame.h).
#include "proto/answer_frame.h"

#include <cstring>

namespace profile_broker {

void put_other_length(TextBuffer& out, std::size_t digits_at, std::size_t bytes) {
  char digits[kMostNumberDigits];
  const auto count = static_cast<std::size_t>(put_number(digits, bytes) - digits);
  const std::size_t behind = out.size() - digits_at - kUsualDigits;
  out.room_for(count);  // it is moved by less
  char* const at = out.data() + digits_at;
  std::memmove(at + count, at + kUsualDigits, behind);
  std::memcpy(at, digits, count);
  out.ends_at(at + count + behind);
}

}  // namespace profile_broker
