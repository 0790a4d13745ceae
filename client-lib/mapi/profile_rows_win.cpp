// Reading, comparing and writing rows, behind profile_rows_win.h.
#include "client-lib/mapi/profile_rows_win.h"

#include <algorithm>
#include <cstring>

#include "client-lib/ledger.h"
#include "client-lib/mapi/real_mapi_win.h"
#include "client-lib/wide_text_win.h"

namespace profile_broker::client::mapi {
namespace {

constexpr ULONG kNameId = 0x3001;     // PR_DISPLAY_NAME
constexpr ULONG kDefaultId = 0x3D04;  // PR_DEFAULT_PROFILE
constexpr LONG kRowsAtATime = 64;

std::wstring wide_from_ansi(const char* text) {
  const int length = MultiByteToWideChar(CP_ACP, 0, text, -1, nullptr, 0);
  std::wstring wide(static_cast<std::size_t>(std::max(length, 1)), L'\0');
  MultiByteToWideChar(CP_ACP, 0, text, -1, wide.data(), length);
  wide.pop_back();  // the ending null
  return wide;
}

std::string ansi_of(const std::wstring& text) {
  const int length = WideCharToMultiByte(CP_ACP, 0, text.c_str(), -1, nullptr, 0, nullptr, nullptr);
  std::string ansi(static_cast<std::size_t>(std::max(length, 1)), '\0');
  WideCharToMultiByte(CP_ACP, 0, text.c_str(), -1, ansi.data(), length, nullptr, nullptr);
  ansi.pop_back();
  return ansi;
}

ProfileRow row_from(const SRow& source) {
  ProfileRow row;
  for (ULONG i = 0; i < source.cValues; ++i) {
    const SPropValue& value = source.lpProps[i];
    switch (value.ulPropTag) {
      case PROP_TAG(PT_UNICODE, kNameId):
        row.name = value.Value.lpszW;
        row.ansi_name = ansi_of(row.name);
        break;
      case PROP_TAG(PT_STRING8, kNameId):
        row.ansi_name = value.Value.lpszA;
        row.name = wide_from_ansi(value.Value.lpszA);
        break;
      case PROP_TAG(PT_BOOLEAN, kDefaultId):
        row.is_default = value.Value.b != 0;
        break;
      default:
        break;
    }
  }
  row.folded = folded(utf8_from_wide(row.name).value_or(std::string()));
  return row;
}

void free_rows(SRowSet* set) {
  for (ULONG i = 0; i < set->cRows; ++i) {
    real_free_buffer()(set->aRow[i].lpProps);
  }
  real_free_buffer()(set);
}

// As MAPI compares the texts of a table: without regard to case.
int compare_text(const std::wstring& a, const std::wstring& b) {
  return CompareStringOrdinal(a.data(), static_cast<int>(a.size()), b.data(),
                              static_cast<int>(b.size()), TRUE) -
         CSTR_EQUAL;
}

// What a restriction compares with; nothing when it is not a profile's name.
std::optional<std::wstring> name_in(const SPropValue& value) {
  switch (value.ulPropTag) {
    case PROP_TAG(PT_UNICODE, kNameId):
      return std::wstring(value.Value.lpszW);
    case PROP_TAG(PT_STRING8, kNameId):
      return wide_from_ansi(value.Value.lpszA);
    default:
      return std::nullopt;
  }
}

std::optional<bool> holds(ULONG relation, int comparison) {
  switch (relation) {
    case RELOP_LT:
      return comparison < 0;
    case RELOP_LE:
      return comparison <= 0;
    case RELOP_GT:
      return comparison > 0;
    case RELOP_GE:
      return comparison >= 0;
    case RELOP_EQ:
      return comparison == 0;
    case RELOP_NE:
      return comparison != 0;
    default:
      return std::nullopt;
  }
}

std::optional<bool> meets_property(const ProfileRow& row, const SPropertyRestriction& wanted) {
  const SPropValue& value = *wanted.lpProp;
  if (value.ulPropTag == PROP_TAG(PT_BOOLEAN, kDefaultId)) {
    return holds(wanted.relop, int{row.is_default} - int{value.Value.b != 0});
  }
  const auto name = name_in(value);
  return name ? holds(wanted.relop, compare_text(row.name, *name)) : std::nullopt;
}

std::wstring upper(std::wstring text) {
  const auto length = static_cast<int>(text.size());
  LCMapStringEx(LOCALE_NAME_INVARIANT, LCMAP_UPPERCASE, text.data(), length, text.data(), length,
                nullptr, nullptr, 0);
  return text;
}

std::optional<bool> meets_content(const ProfileRow& row, const SContentRestriction& wanted) {
  const auto given = name_in(*wanted.lpProp);
  if (!given) {
    return std::nullopt;
  }
  const bool any_case = (wanted.ulFuzzyLevel & (FL_IGNORECASE | FL_LOOSE)) != 0;
  const auto name = any_case ? upper(row.name) : row.name;
  const auto part = any_case ? upper(*given) : *given;
  switch (wanted.ulFuzzyLevel & 0xFFFF) {
    case FL_FULLSTRING:
      return name == part;
    case FL_SUBSTRING:
      return name.find(part) != std::wstring::npos;
    case FL_PREFIX:
      return name.starts_with(part);
    default:
      return std::nullopt;
  }
}

// `until` ends the list early: true for OR, false for AND.
std::optional<bool> meets_list(const ProfileRow& row, ULONG count, const SRestriction* list,
                               bool until) {
  bool result = !until;
  for (ULONG i = 0; i < count; ++i) {
    const auto one = meets(row, list[i]);
    if (!one) {
      return std::nullopt;
    }
    result = *one == until ? until : result;
  }
  return result;
}

template <typename Text>
bool put_text(const Text& text, void* owner, typename Text::value_type*& target) {
  const auto bytes = (text.size() + 1) * sizeof(typename Text::value_type);
  void* buffer = nullptr;
  if (real_allocate_more()(static_cast<ULONG>(bytes), owner, &buffer) != S_OK) {
    return false;
  }
  std::memcpy(buffer, text.c_str(), bytes);
  target = static_cast<typename Text::value_type*>(buffer);
  return true;
}

}  // namespace

std::optional<std::vector<ProfileRow>> profile_rows(IMAPITable& table) {
  std::vector<ProfileRow> rows;
  for (;;) {
    SRowSet* set = nullptr;
    if (FAILED(table.QueryRows(kRowsAtATime, 0, &set)) || !set) {
      return std::nullopt;
    }
    const ULONG count = set->cRows;
    for (ULONG i = 0; i < count; ++i) {
      rows.push_back(row_from(set->aRow[i]));
    }
    free_rows(set);
    if (count == 0) {
      return rows;
    }
  }
}

std::optional<bool> meets(const ProfileRow& row, const SRestriction& restriction) {
  switch (restriction.rt) {
    case RES_AND:
      return meets_list(row, restriction.res.resAnd.cRes, restriction.res.resAnd.lpRes, false);
    case RES_OR:
      return meets_list(row, restriction.res.resOr.cRes, restriction.res.resOr.lpRes, true);
    case RES_NOT: {
      const auto inner = meets(row, *restriction.res.resNot.lpRes);
      return inner ? std::optional(!*inner) : std::nullopt;
    }
    case RES_PROPERTY:
      return meets_property(row, restriction.res.resProperty);
    case RES_CONTENT:
      return meets_content(row, restriction.res.resContent);
    case RES_EXIST: {
      const ULONG id = PROP_ID(restriction.res.resExist.ulPropTag);
      return id == kNameId || id == kDefaultId;
    }
    default:
      return std::nullopt;
  }
}

int compare_rows(const ProfileRow& a, const ProfileRow& b, const SSortOrder& order) {
  const ULONG id = PROP_ID(order.ulPropTag);
  const int ascending = id == kNameId      ? compare_text(a.name, b.name)
                        : id == kDefaultId ? int{a.is_default} - int{b.is_default}
                                           : 0;
  return order.ulOrder == TABLE_SORT_DESCEND ? -ascending : ascending;
}

bool put_value(const ProfileRow& row, ULONG tag, void* owner, SPropValue& value) {
  value = SPropValue{};
  value.ulPropTag = tag;
  switch (tag) {
    case PROP_TAG(PT_UNICODE, kNameId):
      return put_text(row.name, owner, value.Value.lpszW);
    case PROP_TAG(PT_STRING8, kNameId):
      return put_text(row.ansi_name, owner, value.Value.lpszA);
    case PROP_TAG(PT_BOOLEAN, kDefaultId):
      value.Value.b = row.is_default ? 1 : 0;
      return true;
    default:
      value.ulPropTag = PROP_TAG(PT_ERROR, PROP_ID(tag));
      value.Value.err = MAPI_E_NOT_FOUND;
      return true;
  }
}

}  // namespace profile_broker::client::mapi
