# Cross-compiling for Windows with Debian's MinGW-w64 (posix threads). MINGW_CPU is x86_64 or i686.
# The cross-compiler must not see /usr/include as a whole; it gets a folder of its own with links to the header-only
# libraries and nothing else.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_VERSION 10.0)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MINGW_CPU)
if(NOT MINGW_CPU)
  set(MINGW_CPU x86_64)
endif()
set(CMAKE_SYSTEM_PROCESSOR ${MINGW_CPU})

set(CMAKE_C_COMPILER ${MINGW_CPU}-w64-mingw32-gcc-posix)
set(CMAKE_CXX_COMPILER ${MINGW_CPU}-w64-mingw32-g++-posix)
set(CMAKE_RC_COMPILER ${MINGW_CPU}-w64-mingw32-windres)

get_filename_component(cross_headers "${CMAKE_CURRENT_LIST_DIR}/../build/cross-headers" ABSOLUTE)
file(MAKE_DIRECTORY "${cross_headers}/include")
foreach(library boost nlohmann catch2 CLI)
  if(EXISTS "/usr/include/${library}" AND NOT EXISTS "${cross_headers}/include/${library}")
    file(CREATE_LINK "/usr/include/${library}" "${cross_headers}/include/${library}" SYMBOLIC)
  endif()
endforeach()

set(CMAKE_FIND_ROOT_PATH "/usr/${MINGW_CPU}-w64-mingw32" "${cross_headers}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
