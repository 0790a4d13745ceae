// Defines the interface identifiers that the stand-in answers to; the MAPI headers only declare
// them elsewhere.
#include <windows.h>

#define INITGUID
#define USES_IID_IMAPISession
#define USES_IID_IMAPITable
#define USES_IID_IMAPIProp
#define USES_IID_IProfAdmin
#define USES_IID_IProfSect
#include <initguid.h>
#include <mapiguid.h>
