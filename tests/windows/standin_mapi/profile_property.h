// One property of a profile section and its registry value: the value's name is the property tag,
// type first, in eight hexadecimal digits; its data are the property's bytes. Text is stored as
// UTF-16 (PT_UNICODE) whatever the caller spells it in, so both spellings of a tag name one value.
#pragma once

#include <string>
#include <vector>

#include "tests/windows/standin_mapi/mapi_headers.h"

namespace standin_mapi {

std::wstring value_name(ULONG tag);

// The tag that a value name spells, or 0 when it is no property.
ULONG tag_of(const std::wstring& value_name);

// The bytes to store for value; MAPI_E_TYPE_NO_SUPPORT for types that no program of these tests
// writes.
HRESULT encode_property(const SPropValue& value, std::vector<BYTE>& data);

// Makes a property of tag's type from stored bytes. Pointers it needs are chained to the MAPI
// buffer `owner`.
HRESULT decode_property(ULONG tag, const std::vector<BYTE>& data, void* owner, SPropValue& value);

}  // namespace standin_mapi
