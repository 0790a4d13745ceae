// The text form of UUIDs, eight digits at a time, on any processor: what uuid_portable.cpp is, and
// what the tests compare uuid_sse2.cpp with. For the meaning see uuid.h.
#pragma once

#include "proto/uuid.h"

namespace profile_broker {

bool read_uuid_by_words(const char* text, Uuid& uuid);
void put_text_by_words(char* at, const Uuid& uuid);

}  // namespace profile_broker
