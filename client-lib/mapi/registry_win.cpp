// Keys and values behind registry_win.h.
#include "client-lib/mapi/registry_win.h"

namespace profile_broker::client::mapi {
namespace {

REGSAM of(View view) {
  switch (view) {
    case View::x64:
      return KEY_WOW64_64KEY;
    case View::x86:
      return KEY_WOW64_32KEY;
    case View::own:
      break;
  }
  return 0;
}

class Key {
 public:
  Key(View view, const std::wstring& path, REGSAM access) {
    status_ = RegOpenKeyExW(HKEY_LOCAL_MACHINE, path.c_str(), 0, access | of(view), &handle_);
  }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key() {
    if (status_ == ERROR_SUCCESS) {
      RegCloseKey(handle_);
    }
  }

  LSTATUS status() const { return status_; }
  HKEY get() const { return handle_; }

 private:
  HKEY handle_ = nullptr;
  LSTATUS status_;
};

struct Data {
  DWORD type = REG_NONE;
  std::wstring units;  // whatever the value has, the ending nulls included
};

std::optional<Data> read(HKEY key, const std::wstring& name) {
  Data data;
  DWORD bytes = 0;
  LSTATUS status = RegQueryValueExW(key, name.c_str(), nullptr, &data.type, nullptr, &bytes);
  // The value may grow between the two calls.
  for (int attempt = 0; attempt < 3 && status == ERROR_SUCCESS; ++attempt) {
    data.units.assign(bytes / sizeof(wchar_t) + 1, L'\0');
    DWORD size = bytes;
    status = RegQueryValueExW(key, name.c_str(), nullptr, &data.type,
                              reinterpret_cast<BYTE*>(data.units.data()), &size);
    if (status == ERROR_SUCCESS) {
      data.units.resize(size / sizeof(wchar_t));
      return data;
    }
    if (status == ERROR_MORE_DATA) {
      bytes = size;
      status = ERROR_SUCCESS;
    }
  }
  return std::nullopt;
}

bool is_text(DWORD type) {
  return type == REG_SZ || type == REG_EXPAND_SZ || type == REG_NONE;
}

std::optional<RegistryText> text_of(HKEY key, const std::wstring& name) {
  auto data = read(key, name);
  if (!data || !is_text(data->type)) {
    return std::nullopt;
  }
  // The registry does not promise the ending null.
  return RegistryText{data->units.substr(0, data->units.find(L'\0')), data->type};
}

std::wstring expanded(const RegistryText& value) {
  if (value.type != REG_EXPAND_SZ) {
    return value.text;
  }
  const DWORD units = ExpandEnvironmentStringsW(value.text.c_str(), nullptr, 0);
  std::wstring text(units, L'\0');
  const DWORD written = ExpandEnvironmentStringsW(value.text.c_str(), text.data(), units);
  if (written == 0 || written > units) {
    return value.text;
  }
  text.resize(written - 1);
  return text;
}

}  // namespace

std::optional<RegistryText> read_text(View view, const std::wstring& path,
                                      const std::wstring& name) {
  const Key key(view, path, KEY_QUERY_VALUE);
  return key.status() == ERROR_SUCCESS ? text_of(key.get(), name) : std::nullopt;
}

std::optional<std::wstring> read_expanded(View view, const std::wstring& path,
                                          const std::wstring& name) {
  const auto value = read_text(view, path, name);
  if (!value || value->type == REG_NONE || value->text.empty()) {
    return std::nullopt;
  }
  return expanded(*value);
}

std::vector<std::wstring> read_list(View view, const std::wstring& path, const std::wstring& name) {
  std::vector<std::wstring> list;
  const Key key(view, path, KEY_QUERY_VALUE);
  const auto data = key.status() == ERROR_SUCCESS ? read(key.get(), name) : std::nullopt;
  if (!data || data->type != REG_MULTI_SZ) {
    return list;
  }
  for (std::size_t at = 0; at < data->units.size() && data->units[at] != L'\0';) {
    const auto end = std::min(data->units.find(L'\0', at), data->units.size());
    list.push_back(data->units.substr(at, end - at));
    at = end + 1;
  }
  return list;
}

std::vector<NamedText> read_texts(View view, const std::wstring& path) {
  std::vector<NamedText> texts;
  const Key key(view, path, KEY_QUERY_VALUE);
  if (key.status() != ERROR_SUCCESS) {
    return texts;
  }
  std::wstring name(16'384, L'\0');  // the longest name of a value has 16,383 characters
  for (DWORD index = 0;; ++index) {
    auto length = static_cast<DWORD>(name.size());
    if (RegEnumValueW(key.get(), index, name.data(), &length, nullptr, nullptr, nullptr, nullptr) !=
        ERROR_SUCCESS) {
      return texts;
    }
    const std::wstring found(name.data(), length);
    if (auto value = text_of(key.get(), found)) {
      texts.push_back({found, std::move(*value)});
    }
  }
}

LSTATUS write_text(View view, const std::wstring& path, const std::wstring& name,
                   const RegistryText& value) {
  HKEY key = nullptr;
  LSTATUS status =
      RegCreateKeyExW(HKEY_LOCAL_MACHINE, path.c_str(), 0, nullptr, REG_OPTION_NON_VOLATILE,
                      KEY_SET_VALUE | of(view), nullptr, &key, nullptr);
  if (status != ERROR_SUCCESS) {
    return status;
  }
  const auto bytes = static_cast<DWORD>((value.text.size() + 1) * sizeof(wchar_t));
  status = RegSetValueExW(key, name.c_str(), 0, value.type,
                          reinterpret_cast<const BYTE*>(value.text.c_str()), bytes);
  RegCloseKey(key);
  return status;
}

LSTATUS remove_value(View view, const std::wstring& path, const std::wstring& name) {
  const Key key(view, path, KEY_SET_VALUE);
  const LSTATUS status =
      key.status() == ERROR_SUCCESS ? RegDeleteValueW(key.get(), name.c_str()) : key.status();
  return status == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : status;
}

LSTATUS remove_tree(View view, const std::wstring& path) {
  const auto last = path.rfind(L'\\');
  const Key parent(view, path.substr(0, last),
                   DELETE | KEY_ENUMERATE_SUB_KEYS | KEY_QUERY_VALUE | KEY_SET_VALUE);
  const LSTATUS status = parent.status() == ERROR_SUCCESS
                             ? RegDeleteTreeW(parent.get(), path.substr(last + 1).c_str())
                             : parent.status();
  return status == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : status;
}

void remove_if_empty(View view, const std::wstring& path) {
  DWORD keys = 1;
  DWORD values = 1;
  {
    const Key key(view, path, KEY_QUERY_VALUE);
    if (key.status() != ERROR_SUCCESS ||
        RegQueryInfoKeyW(key.get(), nullptr, nullptr, nullptr, &keys, nullptr, nullptr, &values,
                         nullptr, nullptr, nullptr, nullptr) != ERROR_SUCCESS) {
      return;
    }
  }
  if (keys == 0 && values == 0) {
    RegDeleteKeyExW(HKEY_LOCAL_MACHINE, path.c_str(), of(view), 0);
  }
}

}  // namespace profile_broker::client::mapi
