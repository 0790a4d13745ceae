#include "tests/windows/standin_mapi/profile_section.h"

#include <new>

#include "tests/windows/standin_mapi/profile_property.h"
#include "tests/windows/standin_mapi/unsupported_methods.h"

namespace standin_mapi {
namespace {

class ProfileSection final : public ComObject<UnsupportedProfSect> {
 public:
  ProfileSection(std::wstring profile, InstanceId instance, const MAPIUID& uid, bool modify)
      : profile_(std::move(profile)), instance_(std::move(instance)), uid_(uid), modify_(modify) {}

  LSTATUS open() {
    RegistryKey profile;
    const LSTATUS status = find_instance(profile_, instance_, profile);
    return status == ERROR_SUCCESS
               ? RegistryKey::open(profile.get(), section_name(uid_), modify_, key_)
               : status;
  }

  STDMETHODIMP SaveChanges(ULONG) override { return S_OK; }  // SetProps has written already

  STDMETHODIMP GetPropList(ULONG, LPSPropTagArray* result) override;
  STDMETHODIMP GetProps(LPSPropTagArray tags, ULONG flags, ULONG* count,
                        LPSPropValue* result) override;
  STDMETHODIMP SetProps(ULONG count, LPSPropValue values, LPSPropProblemArray* problems) override;
  STDMETHODIMP DeleteProps(LPSPropTagArray tags, LPSPropProblemArray* problems) override;

 private:
  // Runs one registry operation; when the key is deleted, looks once where the profile has gone and
  // runs it again.
  template <typename Operation>
  LSTATUS on_key(Operation operation) {
    const LSTATUS status = operation();
    if (status != ERROR_KEY_DELETED) {
      return status;
    }
    return open() == ERROR_SUCCESS ? operation() : status;
  }

  HRESULT read_property(ULONG tag, void* owner, SPropValue& value);

  const std::wstring profile_;
  const InstanceId instance_;
  const MAPIUID uid_;
  const bool modify_;
  RegistryKey key_;
};

HRESULT ProfileSection::GetPropList(ULONG, LPSPropTagArray* result) {
  const LSTATUS status = on_key([this] {
    return RegQueryInfoKeyW(key_.get(), nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
                            nullptr, nullptr, nullptr, nullptr, nullptr);
  });
  if (status != ERROR_SUCCESS) {
    return failed(MAPI_E_CALL_FAILED, status);
  }
  const std::vector<std::wstring> names = key_.values();
  void* buffer = nullptr;
  const SCODE code =
      MAPIAllocateBuffer(static_cast<ULONG>(CbNewSPropTagArray(names.size())), &buffer);
  if (code != S_OK) {
    return code;
  }
  SPropTagArray* tags = static_cast<SPropTagArray*>(buffer);
  tags->cValues = 0;
  for (const std::wstring& name : names) {
    if (const ULONG tag = tag_of(name); tag != 0) {
      tags->aulPropTag[tags->cValues++] = tag;
    }
  }
  *result = tags;
  return S_OK;
}

// A property that is absent or unreadable becomes a PT_ERROR value, as GetProps defines it; only a
// key that is gone fails the call.
HRESULT ProfileSection::read_property(ULONG tag, void* owner, SPropValue& value) {
  std::vector<BYTE> data;
  const LSTATUS status = on_key([&] { return key_.read(value_name(tag), data); });
  HRESULT code = MAPI_E_NOT_FOUND;
  if (status == ERROR_SUCCESS) {
    code = decode_property(tag, data, owner, value);
  } else if (status != ERROR_FILE_NOT_FOUND) {
    return failed(MAPI_E_CALL_FAILED, status);
  }
  if (FAILED(code)) {
    value.ulPropTag = PROP_TAG(PT_ERROR, PROP_ID(tag));
    value.Value.err = code;
    return MAPI_W_ERRORS_RETURNED;
  }
  return S_OK;
}

HRESULT ProfileSection::GetProps(LPSPropTagArray tags, ULONG flags, ULONG* count,
                                 LPSPropValue* result) {
  if (count == nullptr || result == nullptr) {
    return MAPI_E_INVALID_PARAMETER;
  }
  *count = 0;
  *result = nullptr;
  LPSPropTagArray all = nullptr;
  if (tags == nullptr) {
    const HRESULT code = GetPropList(flags, &all);
    if (code != S_OK) {
      return code;
    }
    tags = all;
  }
  void* buffer = nullptr;
  HRESULT code =
      MAPIAllocateBuffer(static_cast<ULONG>(tags->cValues * sizeof(SPropValue)), &buffer);
  SPropValue* values = static_cast<SPropValue*>(buffer);
  for (ULONG index = 0; SUCCEEDED(code) && index < tags->cValues; ++index) {
    const HRESULT read = read_property(tags->aulPropTag[index], values, values[index]);
    code = read == S_OK ? code : read;
  }
  if (SUCCEEDED(code)) {
    *count = tags->cValues;
    *result = values;
  } else {
    MAPIFreeBuffer(values);
  }
  MAPIFreeBuffer(all);
  return code;
}

HRESULT ProfileSection::SetProps(ULONG count, LPSPropValue values, LPSPropProblemArray* problems) {
  if (!modify_) {
    return MAPI_E_NO_ACCESS;
  }
  if (problems != nullptr) {
    *problems = nullptr;
  }
  for (ULONG index = 0; index < count; ++index) {
    std::vector<BYTE> data;
    const HRESULT code = encode_property(values[index], data);
    if (FAILED(code)) {
      return code;
    }
    const std::wstring name = value_name(values[index].ulPropTag);
    const LSTATUS status =
        on_key([&] { return key_.write(name, REG_BINARY, data.data(), data.size()); });
    if (status != ERROR_SUCCESS) {
      return failed(MAPI_E_CALL_FAILED, status);
    }
  }
  return S_OK;
}

HRESULT ProfileSection::DeleteProps(LPSPropTagArray tags, LPSPropProblemArray* problems) {
  if (!modify_) {
    return MAPI_E_NO_ACCESS;
  }
  if (problems != nullptr) {
    *problems = nullptr;
  }
  for (ULONG index = 0; index < tags->cValues; ++index) {
    const std::wstring name = value_name(tags->aulPropTag[index]);
    const LSTATUS status = on_key([&] { return RegDeleteValueW(key_.get(), name.c_str()); });
    if (status != ERROR_SUCCESS && status != ERROR_FILE_NOT_FOUND) {
      return failed(MAPI_E_CALL_FAILED, status);
    }
  }
  return S_OK;
}

}  // namespace

HRESULT open_profile_section(const std::wstring& profile, const InstanceId& instance,
                             const MAPIUID& uid, bool modify, LPPROFSECT* result, LSTATUS& error) {
  ProfileSection* section = new (std::nothrow) ProfileSection(profile, instance, uid, modify);
  if (section == nullptr) {
    return MAPI_E_NOT_ENOUGH_MEMORY;
  }
  error = section->open();
  if (error != ERROR_SUCCESS) {
    section->Release();
    return error == ERROR_FILE_NOT_FOUND ? MAPI_E_NOT_FOUND : MAPI_E_CALL_FAILED;
  }
  *result = section;
  return S_OK;
}

}  // namespace standin_mapi
