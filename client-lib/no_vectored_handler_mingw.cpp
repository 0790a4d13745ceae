// MinGW's libwinpthread, linked statically, adds a vectored exception handler to whichever process
// loads it, as the first of all handlers, so that debuggers see thread names. A DLL in somebody
// else's process must not, and this one names no threads: here its calls end. The two objects take
// the place of the import library's entries.
#include <windows.h>

#ifdef _WIN64
#define IMPORT_ENTRY(name, argument_bytes) __asm__("__imp_" #name)
#else
#define IMPORT_ENTRY(name, argument_bytes) __asm__("__imp__" #name "@" #argument_bytes)
#endif

namespace {

PVOID WINAPI add_nothing(ULONG, PVECTORED_EXCEPTION_HANDLER) {
  return nullptr;
}

ULONG WINAPI remove_nothing(PVOID) {
  return 0;
}

}  // namespace

extern "C" {

extern PVOID(WINAPI* const add_entry)(ULONG, PVECTORED_EXCEPTION_HANDLER)
    IMPORT_ENTRY(AddVectoredExceptionHandler, 8);
extern ULONG(WINAPI* const remove_entry)(PVOID) IMPORT_ENTRY(RemoveVectoredExceptionHandler, 4);

PVOID(WINAPI* const add_entry)(ULONG, PVECTORED_EXCEPTION_HANDLER) = add_nothing;
ULONG(WINAPI* const remove_entry)(PVOID) = remove_nothing;
}
