// MAPI's interfaces with every method answering MAPI_E_NO_SUPPORT, the documented code of a
// provider that does not implement a method. The stand-in's objects derive from these and override
// what they do support, so that each object's own file shows exactly that.
#pragma once

#include "tests/windows/standin_mapi/mapi_headers.h"

namespace standin_mapi {

// COM interfaces have no destructor to make virtual: objects end by Release, which deletes the most
// derived class.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"

#define STANDIN_UNSUPPORTED(method, ...)      \
  STDMETHODIMP method(__VA_ARGS__) override { \
    return MAPI_E_NO_SUPPORT;                 \
  }

class UnsupportedProfAdmin : public IProfAdmin {
 public:
  static bool answers(REFIID iid) { return iid == IID_IUnknown || iid == IID_IProfAdmin; }
  STANDIN_UNSUPPORTED(GetProfileTable, ULONG, LPMAPITABLE*)
  STANDIN_UNSUPPORTED(CreateProfile, LPTSTR, LPTSTR, ULONG_PTR, ULONG)
  STANDIN_UNSUPPORTED(DeleteProfile, LPTSTR, ULONG)
  STANDIN_UNSUPPORTED(ChangeProfilePassword, LPTSTR, LPTSTR, LPTSTR, ULONG)
  STANDIN_UNSUPPORTED(CopyProfile, LPTSTR, LPTSTR, LPTSTR, ULONG_PTR, ULONG)
  STANDIN_UNSUPPORTED(RenameProfile, LPTSTR, LPTSTR, LPTSTR, ULONG_PTR, ULONG)
  STANDIN_UNSUPPORTED(SetDefaultProfile, LPTSTR, ULONG)
  STANDIN_UNSUPPORTED(AdminServices, LPTSTR, LPTSTR, ULONG_PTR, ULONG, LPSERVICEADMIN*)

 protected:
  ~UnsupportedProfAdmin() = default;
};

class UnsupportedTable : public IMAPITable {
 public:
  static bool answers(REFIID iid) { return iid == IID_IUnknown || iid == IID_IMAPITable; }
  STANDIN_UNSUPPORTED(Advise, ULONG, LPMAPIADVISESINK, ULONG*)
  STANDIN_UNSUPPORTED(Unadvise, ULONG)
  STANDIN_UNSUPPORTED(GetStatus, ULONG*, ULONG*)
  STANDIN_UNSUPPORTED(SetColumns, LPSPropTagArray, ULONG)
  STANDIN_UNSUPPORTED(QueryColumns, ULONG, LPSPropTagArray*)
  STANDIN_UNSUPPORTED(GetRowCount, ULONG, ULONG*)
  STANDIN_UNSUPPORTED(SeekRow, BOOKMARK, LONG, LONG*)
  STANDIN_UNSUPPORTED(SeekRowApprox, ULONG, ULONG)
  STANDIN_UNSUPPORTED(QueryPosition, ULONG*, ULONG*, ULONG*)
  STANDIN_UNSUPPORTED(FindRow, LPSRestriction, BOOKMARK, ULONG)
  STANDIN_UNSUPPORTED(Restrict, LPSRestriction, ULONG)
  STANDIN_UNSUPPORTED(CreateBookmark, BOOKMARK*)
  STANDIN_UNSUPPORTED(FreeBookmark, BOOKMARK)
  STANDIN_UNSUPPORTED(SortTable, LPSSortOrderSet, ULONG)
  STANDIN_UNSUPPORTED(QuerySortOrder, LPSSortOrderSet*)
  STANDIN_UNSUPPORTED(QueryRows, LONG, ULONG, LPSRowSet*)
  STANDIN_UNSUPPORTED(Abort)
  STANDIN_UNSUPPORTED(ExpandRow, ULONG, LPBYTE, ULONG, ULONG, LPSRowSet*, ULONG*)
  STANDIN_UNSUPPORTED(CollapseRow, ULONG, LPBYTE, ULONG, ULONG*)
  STANDIN_UNSUPPORTED(WaitForCompletion, ULONG, ULONG, ULONG*)
  STANDIN_UNSUPPORTED(GetCollapseState, ULONG, ULONG, LPBYTE, ULONG*, LPBYTE*)
  STANDIN_UNSUPPORTED(SetCollapseState, ULONG, ULONG, LPBYTE, BOOKMARK*)

 protected:
  ~UnsupportedTable() = default;
};

class UnsupportedProfSect : public IProfSect {
 public:
  static bool answers(REFIID iid) {
    return iid == IID_IUnknown || iid == IID_IMAPIProp || iid == IID_IProfSect;
  }
  STANDIN_UNSUPPORTED(SaveChanges, ULONG)
  STANDIN_UNSUPPORTED(GetProps, LPSPropTagArray, ULONG, ULONG*, LPSPropValue*)
  STANDIN_UNSUPPORTED(GetPropList, ULONG, LPSPropTagArray*)
  STANDIN_UNSUPPORTED(OpenProperty, ULONG, LPCIID, ULONG, ULONG, LPUNKNOWN*)
  STANDIN_UNSUPPORTED(SetProps, ULONG, LPSPropValue, LPSPropProblemArray*)
  STANDIN_UNSUPPORTED(DeleteProps, LPSPropTagArray, LPSPropProblemArray*)
  STANDIN_UNSUPPORTED(CopyTo, ULONG, LPCIID, LPSPropTagArray, ULONG, LPMAPIPROGRESS, LPCIID, void*,
                      ULONG, LPSPropProblemArray*)
  STANDIN_UNSUPPORTED(CopyProps, LPSPropTagArray, ULONG, LPMAPIPROGRESS, LPCIID, void*, ULONG,
                      LPSPropProblemArray*)
  STANDIN_UNSUPPORTED(GetNamesFromIDs, LPSPropTagArray*, LPGUID, ULONG, ULONG*, LPMAPINAMEID**)
  STANDIN_UNSUPPORTED(GetIDsFromNames, ULONG, LPMAPINAMEID*, ULONG, LPSPropTagArray*)

 protected:
  ~UnsupportedProfSect() = default;
};

class UnsupportedSession : public IMAPISession {
 public:
  static bool answers(REFIID iid) { return iid == IID_IUnknown || iid == IID_IMAPISession; }
  STANDIN_UNSUPPORTED(GetMsgStoresTable, ULONG, LPMAPITABLE*)
  STANDIN_UNSUPPORTED(OpenMsgStore, ULONG_PTR, ULONG, LPENTRYID, LPCIID, ULONG, LPMDB*)
  STANDIN_UNSUPPORTED(OpenAddressBook, ULONG_PTR, LPCIID, ULONG, LPADRBOOK*)
  STANDIN_UNSUPPORTED(OpenProfileSection, LPMAPIUID, LPCIID, ULONG, LPPROFSECT*)
  STANDIN_UNSUPPORTED(GetStatusTable, ULONG, LPMAPITABLE*)
  STANDIN_UNSUPPORTED(OpenEntry, ULONG, LPENTRYID, LPCIID, ULONG, ULONG*, LPUNKNOWN*)
  STANDIN_UNSUPPORTED(CompareEntryIDs, ULONG, LPENTRYID, ULONG, LPENTRYID, ULONG, ULONG*)
  STANDIN_UNSUPPORTED(Advise, ULONG, LPENTRYID, ULONG, LPMAPIADVISESINK, ULONG*)
  STANDIN_UNSUPPORTED(Unadvise, ULONG)
  STANDIN_UNSUPPORTED(MessageOptions, ULONG_PTR, ULONG, LPTSTR, LPMESSAGE)
  STANDIN_UNSUPPORTED(QueryDefaultMessageOpt, LPTSTR, ULONG, ULONG*, LPSPropValue*)
  STANDIN_UNSUPPORTED(EnumAdrTypes, ULONG, ULONG*, LPTSTR**)
  STANDIN_UNSUPPORTED(QueryIdentity, ULONG*, LPENTRYID*)
  STANDIN_UNSUPPORTED(Logoff, ULONG_PTR, ULONG, ULONG)
  STANDIN_UNSUPPORTED(SetDefaultStore, ULONG, ULONG, LPENTRYID)
  STANDIN_UNSUPPORTED(AdminServices, ULONG, LPSERVICEADMIN*)
  STANDIN_UNSUPPORTED(ShowForm, ULONG_PTR, LPMDB, LPMAPIFOLDER, LPCIID, ULONG, LPMESSAGE, ULONG,
                      ULONG, ULONG, ULONG, LPSTR)
  STANDIN_UNSUPPORTED(PrepareForm, LPCIID, LPMESSAGE, ULONG*)

 protected:
  ~UnsupportedSession() = default;
};

#undef STANDIN_UNSUPPORTED
#pragma GCC diagnostic pop

}  // namespace standin_mapi
