// Ordinal upper-casing of one UTF-16 unit, as Windows compares registry keys and named objects: no
// locale, no length change, surrogates untouched. The same on every platform, so that the service's
// key of a profile never depends on where it was built; a test compares all 65,536 units with
// RtlUpcaseUnicodeChar where Windows or Wine is at hand.
#pragma once

namespace profile_broker {

char16_t ordinal_upper(char16_t unit);

}  // namespace profile_broker
