// The object behind profile_admin_win.h. Real MAPI reads each call's arguments first wherever it is
// asked, so their errors are its own.
#include "client-lib/mapi/profile_admin_win.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>

#include "client-lib/mapi/broker_calls_win.h"
#include "client-lib/mapi/profile_table_win.h"

// COM interfaces have no virtual destructor: objects end by Release.
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"

namespace profile_broker::client::mapi {

namespace {

constexpr GUID kUnknownInterface = {0x00000000, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}};
constexpr GUID kProfAdminInterface = {0x0002031C, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}};

bool same_interface(REFIID a, const GUID& b) {
  return std::memcmp(&a, &b, sizeof b) == 0;
}

}  // namespace

// Not in the unnamed namespace: see remover_win.cpp.
class GuardedProfAdmin final : public IProfAdmin {
 public:
  explicit GuardedProfAdmin(IProfAdmin* real) : real_(real) {}
  GuardedProfAdmin(const GuardedProfAdmin&) = delete;
  GuardedProfAdmin& operator=(const GuardedProfAdmin&) = delete;

  STDMETHODIMP QueryInterface(REFIID iid, void** object) override {
    const HRESULT result = real_->QueryInterface(iid, object);
    // What leads to real MAPI's own IProfAdmin is this one to the caller, also where real MAPI has
    // several objects behind it; other interfaces are its.
    if (SUCCEEDED(result) && object &&
        (*object == real_ || same_interface(iid, kUnknownInterface) ||
         same_interface(iid, kProfAdminInterface))) {
      static_cast<IUnknown*>(*object)->Release();
      AddRef();
      *object = this;
    }
    return result;
  }

  STDMETHODIMP_(ULONG) AddRef() override { return ++references_; }

  STDMETHODIMP_(ULONG) Release() override {
    const ULONG left = --references_;
    if (left == 0) {
      delete this;
    }
    return left;
  }

  STDMETHODIMP GetLastError(HRESULT result, ULONG flags, LPMAPIERROR* error) override {
    if (is_own_answer_ && error) {
      *error = nullptr;  // nothing more to tell
      return S_OK;
    }
    return real_->GetLastError(result, flags, error);
  }

  STDMETHODIMP GetProfileTable(ULONG flags, LPMAPITABLE* table) override {
    const HRESULT result = of_real(real_->GetProfileTable(flags, table));
    const auto hidden = profiles_to_hide();
    if (FAILED(result) || !table || !*table || hidden.empty()) {
      return result;
    }
    if (auto rows = profile_rows(**table)) {
      const auto before = rows->size();
      std::erase_if(*rows, [&](const auto& row) { return hidden.contains(row.folded); });
      if (rows->size() < before) {
        (*table)->Release();
        *table = make_profile_table(std::move(*rows), (flags & MAPI_UNICODE) != 0);
        return *table ? S_OK : own(MAPI_E_NOT_ENOUGH_MEMORY);
      }
    }
    // Nothing to hide: real MAPI's own table, read from nobody's hands.
    (*table)->Release();
    *table = nullptr;
    return of_real(real_->GetProfileTable(flags, table));
  }

  STDMETHODIMP CreateProfile(LPTSTR name, LPTSTR password, ULONG_PTR window, ULONG flags) override {
    return lives(name, flags) ? own(MAPI_E_NO_ACCESS)
                              : of_real(real_->CreateProfile(name, password, window, flags));
  }

  STDMETHODIMP DeleteProfile(LPTSTR name, ULONG flags) override {
    const auto profile = parsed(name, flags);
    if (!profile) {
      return of_real(real_->DeleteProfile(name, flags));
    }
    own(S_OK);
    return delete_profile(
        *profile, [&] { return of_real(real_->DeleteProfile(name, flags)); },
        [&] { return has_profile(*profile).value_or(true); });
  }

  STDMETHODIMP ChangeProfilePassword(LPTSTR name, LPTSTR old_password, LPTSTR new_password,
                                     ULONG flags) override {
    return of_real(real_->ChangeProfilePassword(name, old_password, new_password, flags));
  }

  STDMETHODIMP CopyProfile(LPTSTR name, LPTSTR password, LPTSTR new_name, ULONG_PTR window,
                           ULONG flags) override {
    return lives(new_name, flags)
               ? own(MAPI_E_NO_ACCESS)
               : of_real(real_->CopyProfile(name, password, new_name, window, flags));
  }

  STDMETHODIMP RenameProfile(LPTSTR name, LPTSTR password, LPTSTR new_name, ULONG_PTR window,
                             ULONG flags) override {
    const auto rename = [&] {
      return of_real(real_->RenameProfile(name, password, new_name, window, flags));
    };
    const auto profile = parsed(name, flags);
    const auto wanted = parsed(new_name, flags);
    if (!profile || !wanted) {
      return rename();
    }
    if (profile->folded() != wanted->folded() &&
        (is_name_alive(*wanted) || has_profile(*wanted).value_or(false))) {
      return own(MAPI_E_NO_ACCESS);
    }
    own(S_OK);
    return rename_profile(*profile, *wanted, rename);
  }

  STDMETHODIMP SetDefaultProfile(LPTSTR name, ULONG flags) override {
    return of_real(real_->SetDefaultProfile(name, flags));
  }

  STDMETHODIMP AdminServices(LPTSTR name, LPTSTR password, ULONG_PTR window, ULONG flags,
                             LPSERVICEADMIN* admin) override {
    return of_real(real_->AdminServices(name, password, window, flags, admin));
  }

 private:
  ~GuardedProfAdmin() { real_->Release(); }

  static std::optional<ProfileName> parsed(LPTSTR name, ULONG flags) {
    return profile_name(name, (flags & MAPI_UNICODE) != 0);
  }

  static bool lives(LPTSTR name, ULONG flags) {
    const auto profile = parsed(name, flags);
    return profile && is_name_alive(*profile);
  }

  // Whether real MAPI has a profile of that name; nothing when it does not tell.
  std::optional<bool> has_profile(const ProfileName& profile) const {
    for (const ULONG flags :
         {MAPI_UNICODE | kAppProfiles, MAPI_UNICODE, ULONG{kAppProfiles}, ULONG{0}}) {
      IMAPITable* table = nullptr;
      if (FAILED(real_->GetProfileTable(flags, &table)) || !table) {
        continue;  // not every MAPI knows every flag
      }
      const auto rows = profile_rows(*table);
      table->Release();
      if (rows) {
        return std::any_of(rows->begin(), rows->end(),
                           [&](const auto& row) { return row.folded == profile.folded(); });
      }
    }
    return std::nullopt;
  }
  static constexpr ULONG kAppProfiles = 0x4;  // MAPI_APP_PROFILE

  // GetLastError tells of real MAPI's last answer, and nothing of ours.
  HRESULT of_real(HRESULT result) {
    is_own_answer_ = false;
    return result;
  }
  HRESULT own(HRESULT result) {
    is_own_answer_ = true;
    return result;
  }

  IProfAdmin* const real_;  // one reference
  std::atomic<ULONG> references_{1};
  std::atomic<bool> is_own_answer_{false};
};

IProfAdmin* guard_profiles(IProfAdmin* real) noexcept {
  return new (std::nothrow) GuardedProfAdmin(real);
}

}  // namespace profile_broker::client::mapi
