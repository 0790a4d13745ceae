# What every target of this tree shares: the language level, warnings as errors, sanitizers, where programs land,
# and the header-only libraries. The libraries are found by header, so that Debian packages, vcpkg, MSYS2 and the
# cross-compiler's header folder (see mingw-w64.cmake) all serve without a line of difference.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_C_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()

add_library(project_rules INTERFACE)
target_include_directories(project_rules INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_definitions(project_rules INTERFACE PROFILE_BROKER_VERSION="${PROJECT_VERSION}")
if(MSVC)
  target_compile_options(project_rules INTERFACE /W4 /WX /permissive- /utf-8 /EHsc)
else()
  target_compile_options(project_rules INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                                                 -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
  # Warnings of gcc 12's optimiser about standard-library code that it inlined (GCC bugs 105329, 105651, 107852).
  target_compile_options(project_rules INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-stringop-overflow -Wno-array-bounds -Wno-maybe-uninitialized>)
endif()

if(WIN32)
  target_compile_definitions(project_rules INTERFACE
    _WIN32_WINNT=0x0A00 WINVER=0x0A00 UNICODE _UNICODE NOMINMAX WIN32_LEAN_AND_MEAN)
  if(MINGW)
    # Static run-time: nothing to install beside the programs, and an import table that can be asserted.
    target_link_options(project_rules INTERFACE -static -static-libgcc -static-libstdc++)
    # Two builds of one commit give the same bytes.
    target_link_options(project_rules INTERFACE -Wl,--no-insert-timestamp)
  endif()
endif()

if(PROFILE_BROKER_SANITIZE)
  target_compile_options(project_rules INTERFACE -fsanitize=${PROFILE_BROKER_SANITIZE} -fno-omit-frame-pointer
                                                 -fno-sanitize-recover=all)
  target_link_options(project_rules INTERFACE -fsanitize=${PROFILE_BROKER_SANITIZE})
  # clang 14 cannot emit coroutines with UBSan's check of function types.
  target_compile_options(project_rules INTERFACE $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
  if(PROFILE_BROKER_SANITIZE MATCHES "thread")
    # gcc warns that ThreadSanitizer does not model the fences in Boost.Asio's scheduler.
    target_compile_options(project_rules INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
endif()

# fuzzed(target): what the fuzzers run, where libFuzzer is (clang). The tests run the same code, so it is compiled once, for speed,
# and with the counters that lead a fuzzer; without one AddressSanitizer's run-time ignores them.
set(has_libfuzzer OFF)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND PROFILE_BROKER_SANITIZE MATCHES "address")
  set(has_libfuzzer ON)
endif()
function(fuzzed target)
  if(has_libfuzzer)
    target_compile_options(${target} PRIVATE -O1 -fsanitize=fuzzer-no-link)
  endif()
endfunction()

# header_library(target header): an INTERFACE target for a header-only library, found by one of its headers.
function(header_library target header)
  string(TOUPPER "${target}_INCLUDE_DIR" found)
  find_path(${found} "${header}" REQUIRED)
  add_library(${target} INTERFACE)
  target_include_directories(${target} SYSTEM INTERFACE "${${found}}")
endfunction()

header_library(boost_asio boost/asio.hpp)
header_library(nlohmann_json nlohmann/json.hpp)
header_library(cli11 CLI/CLI.hpp)

find_package(Threads REQUIRED)
target_compile_definitions(boost_asio INTERFACE BOOST_ERROR_CODE_HEADER_ONLY BOOST_ASIO_NO_DEPRECATED
                                                BOOST_ASIO_SEPARATE_COMPILATION BOOST_ALL_NO_LIB)
# Asio's anonymous pipes, which nobody here uses, would bring bcrypt.dll into the import table.
target_compile_definitions(boost_asio INTERFACE $<$<BOOL:${WIN32}>:BOOST_ASIO_DISABLE_PIPE>)
target_link_libraries(boost_asio INTERFACE Threads::Threads $<$<BOOL:${WIN32}>:ws2_32> $<$<BOOL:${WIN32}>:mswsock>)

# version_resource(target file description [UTF8]): what Explorer shows of a program or DLL, and its manifest; nothing
# elsewhere. UTF8: the process's code page is UTF-8 (for programs whose libraries turn the system's messages into narrow
# text; not for one that MAPI is loaded into, which must see the code page that other programs see).
function(version_resource target name description)
  if(NOT WIN32)
    return()
  endif()
  get_target_property(type ${target} TYPE)
  set(file_type VFT_DLL)
  set(manifest_number 2)
  set(kind library)
  if(type STREQUAL "EXECUTABLE")
    set(file_type VFT_APP)
    set(manifest_number 1)
    set(kind program)
  endif()
  set(code_page "")
  if("UTF8" IN_LIST ARGN)
    set(code_page "
      <activeCodePage xmlns=\"http://schemas.microsoft.com/SMI/2019/WindowsSettings\">UTF-8</activeCodePage>")
  endif()
  set(resource "${CMAKE_CURRENT_BINARY_DIR}/${target}.rc")
  set(manifest "${CMAKE_CURRENT_BINARY_DIR}/${target}.manifest")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/${kind}.manifest.in" "${manifest}" @ONLY)
  configure_file("${PROJECT_SOURCE_DIR}/cmake/version.rc.in" "${resource}" @ONLY)
  set_source_files_properties("${resource}" PROPERTIES OBJECT_DEPENDS "${manifest}")
  target_sources(${target} PRIVATE "${resource}")
  if(MSVC)
    target_link_options(${target} PRIVATE /MANIFEST:NO)  # the linker's own would be a second one
  endif()
endfunction()
