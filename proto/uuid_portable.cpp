// The text form of UUIDs for a processor that uuid_sse2.cpp is not for.
#include "proto/uuid_by_words.h"

namespace profile_broker {

bool read_uuid(const char* text, Uuid& uuid) {
  return read_uuid_by_words(text, uuid);
}

void put_text_of(char* at, const Uuid& uuid) {
  put_text_by_words(at, uuid);
}

}  // namespace profile_broker
