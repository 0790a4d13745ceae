// The table behind profile_table_win.h: all rows as they were, and which of them are shown in which
// order. Any thread; out of memory is MAPI_E_NOT_ENOUGH_MEMORY.
#include "client-lib/mapi/profile_table_win.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <new>
#include <numeric>

#include "client-lib/mapi/real_mapi_win.h"

// COM interfaces have no virtual destructor: objects end by Release.
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"

namespace profile_broker::client::mapi {

// Not in the unnamed namespace: see remover_win.cpp.
class ProfileTable final : public IMAPITable {
 public:
  ProfileTable(std::vector<ProfileRow> rows, bool unicode)
      : rows_(std::move(rows)),
        all_columns_{PROP_TAG(unicode ? PT_UNICODE : PT_STRING8, 0x3001),  // PR_DISPLAY_NAME
                     PROP_TAG(PT_BOOLEAN, 0x3D04)},                        // PR_DEFAULT_PROFILE
        columns_(all_columns_) {
    show_all();
  }
  ProfileTable(const ProfileTable&) = delete;
  ProfileTable& operator=(const ProfileTable&) = delete;

  STDMETHODIMP QueryInterface(REFIID iid, void** object) override {
    constexpr GUID kTable = {0x00020301, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}};
    constexpr GUID kUnknown = {0x00000000, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}};
    if (!object) {
      return MAPI_E_INVALID_PARAMETER;
    }
    const bool known = std::memcmp(&iid, &kTable, sizeof kTable) == 0 ||
                       std::memcmp(&iid, &kUnknown, sizeof iid) == 0;
    *object = known ? this : nullptr;
    if (known) {
      AddRef();
    }
    return known ? S_OK : MAPI_E_INTERFACE_NOT_SUPPORTED;
  }
  STDMETHODIMP_(ULONG) AddRef() override { return ++references_; }
  STDMETHODIMP_(ULONG) Release() override {
    const ULONG left = --references_;
    if (left == 0) {
      delete this;
    }
    return left;
  }
  STDMETHODIMP GetLastError(HRESULT, ULONG, LPMAPIERROR* error) override {
    if (!error) {
      return MAPI_E_INVALID_PARAMETER;
    }
    *error = nullptr;  // nothing more to tell
    return S_OK;
  }

  // A profile table tells of no changes and has no categories.
  STDMETHODIMP Advise(ULONG, LPMAPIADVISESINK, ULONG*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP Unadvise(ULONG) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP ExpandRow(ULONG, LPBYTE, ULONG, ULONG, LPSRowSet*, ULONG*) override {
    return MAPI_E_NO_SUPPORT;
  }
  STDMETHODIMP CollapseRow(ULONG, LPBYTE, ULONG, ULONG*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP GetCollapseState(ULONG, ULONG, LPBYTE, ULONG*, LPBYTE*) override {
    return MAPI_E_NO_SUPPORT;
  }
  STDMETHODIMP SetCollapseState(ULONG, ULONG, LPBYTE, BOOKMARK*) override {
    return MAPI_E_NO_SUPPORT;
  }

  STDMETHODIMP GetStatus(ULONG* status, ULONG* type) override {
    if (!status || !type) {
      return MAPI_E_INVALID_PARAMETER;
    }
    *status = TBLSTAT_COMPLETE;
    *type = TBLTYPE_SNAPSHOT;
    return S_OK;
  }
  STDMETHODIMP WaitForCompletion(ULONG, ULONG, ULONG* status) override {
    if (status) {
      *status = TBLSTAT_COMPLETE;
    }
    return S_OK;
  }
  STDMETHODIMP Abort() override { return S_OK; }

  STDMETHODIMP SetColumns(LPSPropTagArray tags, ULONG) override {
    if (!tags || tags->cValues == 0) {
      return MAPI_E_INVALID_PARAMETER;
    }
    return locked([&] {
      columns_.assign(tags->aulPropTag, tags->aulPropTag + tags->cValues);
      return S_OK;
    });
  }
  STDMETHODIMP QueryColumns(ULONG flags, LPSPropTagArray* result) override {
    return locked([&] {
      const auto& columns = (flags & TBL_ALL_COLUMNS) != 0 ? all_columns_ : columns_;
      auto* const tags = allocate<SPropTagArray>(CbNewSPropTagArray(columns.size()));
      if (tags) {
        tags->cValues = static_cast<ULONG>(columns.size());
        std::copy(columns.begin(), columns.end(), tags->aulPropTag);
      }
      return answer(tags, result);
    });
  }
  STDMETHODIMP GetRowCount(ULONG, ULONG* count) override {
    return locked([&] {
      *count = static_cast<ULONG>(shown_.size());
      return S_OK;
    });
  }

  STDMETHODIMP SeekRow(BOOKMARK origin, LONG offset, LONG* sought) override {
    return locked([&] {
      const auto from = position_of(origin);
      if (!from) {
        return MAPI_E_INVALID_BOOKMARK;
      }
      const auto target = std::clamp<std::int64_t>(static_cast<std::int64_t>(*from) + offset, 0,
                                                   static_cast<std::int64_t>(shown_.size()));
      if (sought) {
        *sought = static_cast<LONG>(target - static_cast<std::int64_t>(*from));
      }
      position_ = static_cast<std::size_t>(target);
      return S_OK;
    });
  }
  STDMETHODIMP SeekRowApprox(ULONG numerator, ULONG denominator) override {
    return locked([&] {
      if (denominator == 0) {
        return MAPI_E_INVALID_PARAMETER;
      }
      const auto part = std::min(numerator, denominator);
      position_ = static_cast<std::size_t>(std::uint64_t{part} * shown_.size() / denominator);
      return S_OK;
    });
  }
  STDMETHODIMP QueryPosition(ULONG* row, ULONG* numerator, ULONG* denominator) override {
    return locked([&] {
      *row = *numerator = static_cast<ULONG>(position_);
      *denominator = static_cast<ULONG>(std::max<std::size_t>(shown_.size(), 1));
      return S_OK;
    });
  }
  STDMETHODIMP CreateBookmark(BOOKMARK* bookmark) override {
    return locked([&] {
      bookmarks_[++last_bookmark_] = position_;
      *bookmark = last_bookmark_;
      return S_OK;
    });
  }
  STDMETHODIMP FreeBookmark(BOOKMARK bookmark) override {
    return locked([&] {
      const bool predefined = bookmark <= BOOKMARK_END;
      return predefined || bookmarks_.erase(bookmark) > 0 ? S_OK : MAPI_E_INVALID_BOOKMARK;
    });
  }

  STDMETHODIMP FindRow(LPSRestriction wanted, BOOKMARK origin, ULONG flags) override;
  STDMETHODIMP Restrict(LPSRestriction restriction, ULONG flags) override;
  STDMETHODIMP SortTable(LPSSortOrderSet order, ULONG flags) override;
  STDMETHODIMP QuerySortOrder(LPSSortOrderSet* result) override;
  STDMETHODIMP QueryRows(LONG count, ULONG flags, LPSRowSet* result) override;

 private:
  ~ProfileTable() = default;

  template <typename Body>
  HRESULT locked(Body&& body) noexcept {
    AcquireSRWLockExclusive(&lock_);
    HRESULT result = MAPI_E_NOT_ENOUGH_MEMORY;
    try {
      result = body();
    } catch (...) {
      // Memory it is.
    }
    ReleaseSRWLockExclusive(&lock_);
    return result;
  }

  template <typename T>
  static T* allocate(std::size_t bytes) {
    void* buffer = nullptr;
    return real_allocate_buffer()(static_cast<ULONG>(bytes), &buffer) == S_OK
               ? static_cast<T*>(buffer)
               : nullptr;
  }
  template <typename T>
  static HRESULT answer(T* made, T** result) {
    *result = made;
    return made ? S_OK : MAPI_E_NOT_ENOUGH_MEMORY;
  }

  void show_all() {
    shown_.resize(rows_.size());
    std::iota(shown_.begin(), shown_.end(), std::size_t{0});
    sort();
  }
  void sort() {
    std::stable_sort(shown_.begin(), shown_.end(), [this](std::size_t a, std::size_t b) {
      for (const auto& order : orders_) {
        const int comparison = compare_rows(rows_[a], rows_[b], order);
        if (comparison != 0) {
          return comparison < 0;
        }
      }
      return a < b;
    });
    position_ = 0;
    bookmarks_.clear();
  }
  std::optional<std::size_t> position_of(BOOKMARK origin) const {
    if (origin == BOOKMARK_BEGINNING) {
      return 0;
    }
    if (origin == BOOKMARK_CURRENT || origin == BOOKMARK_END) {
      return origin == BOOKMARK_END ? shown_.size() : position_;
    }
    const auto found = bookmarks_.find(origin);
    return found == bookmarks_.end() ? std::nullopt : std::optional(found->second);
  }
  SRow make_row(const ProfileRow& row) const;

  const std::vector<ProfileRow> rows_;
  const std::vector<ULONG> all_columns_;
  SRWLOCK lock_ = SRWLOCK_INIT;
  std::vector<ULONG> columns_;
  std::vector<SSortOrder> orders_;
  std::vector<std::size_t> shown_;  // places in rows_
  std::size_t position_ = 0;        // place in shown_
  std::map<BOOKMARK, std::size_t> bookmarks_;
  BOOKMARK last_bookmark_ = BOOKMARK_END;
  std::atomic<ULONG> references_{1};
};

HRESULT ProfileTable::FindRow(LPSRestriction wanted, BOOKMARK origin, ULONG flags) {
  return locked([&] {
    const auto from = position_of(origin);
    if (!wanted || !from) {
      return wanted ? MAPI_E_INVALID_BOOKMARK : MAPI_E_INVALID_PARAMETER;
    }
    const bool backward = (flags & DIR_BACKWARD) != 0;
    const auto steps = backward ? *from : shown_.size() - *from;
    for (std::size_t step = 0; step < steps; ++step) {
      const auto place = backward ? *from - 1 - step : *from + step;
      const auto met = meets(rows_[shown_[place]], *wanted);
      if (!met) {
        return MAPI_E_TOO_COMPLEX;
      }
      if (*met) {
        position_ = place;
        return S_OK;
      }
    }
    return MAPI_E_NOT_FOUND;
  });
}

HRESULT ProfileTable::Restrict(LPSRestriction restriction, ULONG) {
  return locked([&] {
    if (!restriction) {
      show_all();
      return S_OK;
    }
    // Understood at all, also when there is no row to try it on.
    if (!meets(ProfileRow{}, *restriction)) {
      return MAPI_E_TOO_COMPLEX;
    }
    show_all();
    std::erase_if(
        shown_, [&](std::size_t row) { return !meets(rows_[row], *restriction).value_or(false); });
    return S_OK;
  });
}

HRESULT ProfileTable::SortTable(LPSSortOrderSet order, ULONG) {
  if (!order) {
    return MAPI_E_INVALID_PARAMETER;
  }
  if (order->cCategories != 0) {
    return MAPI_E_TOO_COMPLEX;
  }
  return locked([&] {
    orders_.assign(order->aSort, order->aSort + order->cSorts);
    sort();
    return S_OK;
  });
}

HRESULT ProfileTable::QuerySortOrder(LPSSortOrderSet* result) {
  return locked([&] {
    auto* const set = allocate<SSortOrderSet>(CbNewSSortOrderSet(orders_.size()));
    if (set) {
      set->cSorts = static_cast<ULONG>(orders_.size());
      set->cCategories = 0;
      set->cExpanded = 0;
      std::copy(orders_.begin(), orders_.end(), set->aSort);
    }
    return answer(set, result);
  });
}

// lpProps is null when there is no memory.
SRow ProfileTable::make_row(const ProfileRow& row) const {
  SRow made{};
  auto* const values = allocate<SPropValue>(columns_.size() * sizeof(SPropValue));
  for (std::size_t i = 0; values && i < columns_.size(); ++i) {
    if (!put_value(row, columns_[i], values, values[i])) {
      real_free_buffer()(values);
      return made;
    }
  }
  made.cValues = static_cast<ULONG>(columns_.size());
  made.lpProps = values;
  return made;
}

// Backwards, the rows before the position, in the table's order all the same.
HRESULT ProfileTable::QueryRows(LONG count, ULONG flags, LPSRowSet* result) {
  return locked([&] {
    const auto wanted = static_cast<std::size_t>(count < 0 ? -std::int64_t{count} : count);
    const auto number = std::min(wanted, count < 0 ? position_ : shown_.size() - position_);
    const auto first = count < 0 ? position_ - number : position_;
    auto* const set = allocate<SRowSet>(CbNewSRowSet(number));
    if (!set) {
      return answer(set, result);
    }
    set->cRows = 0;
    for (std::size_t i = 0; i < number; ++i) {
      const SRow row = make_row(rows_[shown_[first + i]]);
      if (!row.lpProps) {
        for (ULONG made = 0; made < set->cRows; ++made) {
          real_free_buffer()(set->aRow[made].lpProps);
        }
        real_free_buffer()(set);
        return MAPI_E_NOT_ENOUGH_MEMORY;
      }
      set->aRow[set->cRows++] = row;
    }
    if ((flags & TBL_NOADVANCE) == 0) {
      position_ = count < 0 ? first : first + number;
    }
    *result = set;
    return S_OK;
  });
}

IMAPITable* make_profile_table(std::vector<ProfileRow> rows, bool unicode) noexcept {
  try {
    return new ProfileTable(std::move(rows), unicode);
  } catch (...) {
    return nullptr;
  }
}

}  // namespace profile_broker::client::mapi
