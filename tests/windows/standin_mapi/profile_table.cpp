#include "tests/windows/standin_mapi/profile_table.h"

#include <algorithm>
#include <new>

#include "tests/windows/standin_mapi/com_object.h"
#include "tests/windows/standin_mapi/profile_property.h"
#include "tests/windows/standin_mapi/profile_store.h"
#include "tests/windows/standin_mapi/unsupported_methods.h"

namespace standin_mapi {
namespace {

struct Row {
  std::wstring name;
  bool is_default;
};

class ProfileTable final : public ComObject<UnsupportedTable> {
 public:
  ProfileTable(std::vector<Row> rows, bool wide) : rows_(std::move(rows)), wide_(wide) {}

  STDMETHODIMP GetStatus(ULONG* status, ULONG* type) override {
    *status = TBLSTAT_COMPLETE;
    *type = TBLTYPE_SNAPSHOT;
    return S_OK;
  }

  STDMETHODIMP GetRowCount(ULONG, ULONG* count) override {
    *count = static_cast<ULONG>(rows_.size());
    return S_OK;
  }

  STDMETHODIMP QueryColumns(ULONG, LPSPropTagArray* result) override {
    void* buffer = nullptr;
    const SCODE code = MAPIAllocateBuffer(CbNewSPropTagArray(2), &buffer);
    if (code == S_OK) {
      SPropTagArray* tags = static_cast<SPropTagArray*>(buffer);
      tags->cValues = 2;
      tags->aulPropTag[0] = name_tag();
      tags->aulPropTag[1] = PR_DEFAULT_PROFILE;
      *result = tags;
    }
    return code;
  }

  STDMETHODIMP SeekRow(BOOKMARK origin, LONG offset, LONG* sought) override {
    const LONG from = origin == BOOKMARK_BEGINNING ? 0
                      : origin == BOOKMARK_END     ? static_cast<LONG>(rows_.size())
                                                   : position_;
    const LONG target = std::clamp(from + offset, 0L, static_cast<LONG>(rows_.size()));
    if (sought != nullptr) {
      *sought = target - from;
    }
    position_ = target;
    return S_OK;
  }

  STDMETHODIMP QueryRows(LONG wanted, ULONG, LPSRowSet* result) override;

 private:
  ULONG name_tag() const { return wide_ ? PR_DISPLAY_NAME_W : PR_DISPLAY_NAME_A; }
  HRESULT make_row(const Row& row, SRow& result) const;

  const std::vector<Row> rows_;
  const bool wide_;
  LONG position_ = 0;
};

HRESULT ProfileTable::make_row(const Row& row, SRow& result) const {
  void* buffer = nullptr;
  HRESULT code = MAPIAllocateBuffer(2 * sizeof(SPropValue), &buffer);
  if (code != S_OK) {
    return code;
  }
  SPropValue* values = static_cast<SPropValue*>(buffer);
  const BYTE* text = reinterpret_cast<const BYTE*>(row.name.c_str());
  const std::vector<BYTE> data(text, text + (row.name.size() + 1) * sizeof(wchar_t));
  code = decode_property(name_tag(), data, values, values[0]);
  values[1] = SPropValue{};
  values[1].ulPropTag = PR_DEFAULT_PROFILE;
  values[1].Value.b = row.is_default ? 1 : 0;
  result = SRow{};
  result.cValues = 2;
  result.lpProps = values;
  return code;
}

HRESULT ProfileTable::QueryRows(LONG wanted, ULONG, LPSRowSet* result) {
  if (wanted < 0) {
    return MAPI_E_NO_SUPPORT;  // reading backwards: no program of these tests does
  }
  const LONG left = static_cast<LONG>(rows_.size()) - position_;
  const LONG count = std::min(wanted, left);
  void* buffer = nullptr;
  HRESULT code = MAPIAllocateBuffer(static_cast<ULONG>(CbNewSRowSet(count)), &buffer);
  if (code != S_OK) {
    return code;
  }
  SRowSet* set = static_cast<SRowSet*>(buffer);
  set->cRows = 0;
  while (code == S_OK && set->cRows < static_cast<ULONG>(count)) {
    code = make_row(rows_[static_cast<size_t>(position_)], set->aRow[set->cRows]);
    ++set->cRows;
    ++position_;
  }
  *result = set;
  return code;
}

}  // namespace

HRESULT open_profile_table(ULONG flags, LPMAPITABLE* result) {
  const std::wstring chosen = default_profile().value_or(L"");
  std::vector<Row> rows;
  for (const std::wstring& name : profile_names(Shelf::kProfiles)) {
    rows.push_back(Row{name, lstrcmpiW(name.c_str(), chosen.c_str()) == 0});
  }
  *result = new (std::nothrow) ProfileTable(std::move(rows), (flags & MAPI_UNICODE) != 0);
  return *result == nullptr ? MAPI_E_NOT_ENOUGH_MEMORY : S_OK;
}

}  // namespace standin_mapi
