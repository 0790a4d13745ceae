#include "tests/windows/standin_mapi/profile_property.h"

#include <array>
#include <cstring>
#include <cwchar>

namespace standin_mapi {
namespace {

HRESULT chain_bytes(const void* bytes, size_t size, void* owner, void** copy) {
  const SCODE code = MAPIAllocateMore(static_cast<ULONG>(size), owner, copy);
  if (code == S_OK) {
    std::memcpy(*copy, bytes, size);
  }
  return code;
}

std::wstring stored_text(const std::vector<BYTE>& data) {
  const std::wstring text(reinterpret_cast<const wchar_t*>(data.data()),
                          data.size() / sizeof(wchar_t));
  return text.substr(0, text.find(L'\0'));
}

}  // namespace

std::wstring from_ansi(const char* text) {
  const int length = MultiByteToWideChar(CP_ACP, 0, text, -1, nullptr, 0);
  std::wstring wide(static_cast<size_t>(length), L'\0');
  MultiByteToWideChar(CP_ACP, 0, text, -1, wide.data(), length);
  wide.resize(wide.size() - 1);
  return wide;
}

std::string to_ansi(const std::wstring& text) {
  const int length = WideCharToMultiByte(CP_ACP, 0, text.c_str(), -1, nullptr, 0, nullptr, nullptr);
  std::string ansi(static_cast<size_t>(length), '\0');
  WideCharToMultiByte(CP_ACP, 0, text.c_str(), -1, ansi.data(), length, nullptr, nullptr);
  ansi.resize(ansi.size() - 1);
  return ansi;
}

std::wstring value_name(ULONG tag) {
  const ULONG type = PROP_TYPE(tag) == PT_STRING8 ? PT_UNICODE : PROP_TYPE(tag);
  std::array<wchar_t, 9> name{};
  std::swprintf(name.data(), name.size(), L"%04lx%04lx", type, PROP_ID(tag));
  return name.data();
}

ULONG tag_of(const std::wstring& value_name) {
  if (value_name.size() != 8) {
    return 0;
  }
  wchar_t* end = nullptr;
  const ULONG type_and_id = std::wcstoul(value_name.c_str(), &end, 16);
  return *end == L'\0' ? PROP_TAG(HIWORD(type_and_id), LOWORD(type_and_id)) : 0;
}

HRESULT encode_property(const SPropValue& value, std::vector<BYTE>& data) {
  const auto store = [&data](const void* bytes, size_t size) {
    const BYTE* begin = static_cast<const BYTE*>(bytes);
    data.assign(begin, begin + size);
    return S_OK;
  };
  const auto store_text = [&store](const std::wstring& text) {
    return store(text.c_str(), (text.size() + 1) * sizeof(wchar_t));
  };
  switch (PROP_TYPE(value.ulPropTag)) {
    case PT_LONG:
      return store(&value.Value.l, sizeof(value.Value.l));
    case PT_BOOLEAN:
      return store(&value.Value.b, sizeof(value.Value.b));
    case PT_BINARY:
      return store(value.Value.bin.lpb, value.Value.bin.cb);
    case PT_UNICODE:
      return store_text(value.Value.lpszW);
    case PT_STRING8:
      return store_text(from_ansi(value.Value.lpszA));
    default:
      return MAPI_E_TYPE_NO_SUPPORT;
  }
}

HRESULT decode_property(ULONG tag, const std::vector<BYTE>& data, void* owner, SPropValue& value) {
  value = SPropValue{};
  value.ulPropTag = tag;
  const auto load = [&data](void* target, size_t size) -> HRESULT {
    if (data.size() != size) {
      return MAPI_E_CORRUPT_DATA;
    }
    std::memcpy(target, data.data(), size);
    return S_OK;
  };
  switch (PROP_TYPE(tag)) {
    case PT_LONG:
      return load(&value.Value.l, sizeof(value.Value.l));
    case PT_BOOLEAN:
      return load(&value.Value.b, sizeof(value.Value.b));
    case PT_BINARY: {
      value.Value.bin.cb = static_cast<ULONG>(data.size());
      return chain_bytes(data.data(), data.size(), owner,
                         reinterpret_cast<void**>(&value.Value.bin.lpb));
    }
    case PT_UNICODE: {
      const std::wstring text = stored_text(data);
      return chain_bytes(text.c_str(), (text.size() + 1) * sizeof(wchar_t), owner,
                         reinterpret_cast<void**>(&value.Value.lpszW));
    }
    case PT_STRING8: {
      const std::string text = to_ansi(stored_text(data));
      return chain_bytes(text.c_str(), text.size() + 1, owner,
                         reinterpret_cast<void**>(&value.Value.lpszA));
    }
    default:
      return MAPI_E_TYPE_NO_SUPPORT;
  }
}

}  // namespace standin_mapi
