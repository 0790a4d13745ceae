# The service's event texts: service/events.mc is their one source. Everywhere it becomes a C++ header with the ids,
# levels and English texts (include "service/log_event_catalog.h"); for Windows also the message table that Event Viewer
# reads, in every language.

# event_catalog(messages header): writes the header, at configure time, so that editors and linters find it too.
function(event_catalog messages header)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${messages}")
  file(STRINGS "${messages}" lines ENCODING UTF-8)
  set(ids "")
  set(texts "")
  set(language "")
  foreach(line IN LISTS lines)
    if(line MATCHES "^MessageId=([0-9]+)$")
      set(id "${CMAKE_MATCH_1}")
    elseif(line MATCHES "^Severity=([A-Za-z]+)$")
      string(TOLOWER "${CMAKE_MATCH_1}" severity)
      string(REPLACE "informational" "info" severity "${severity}")
    elseif(line MATCHES "^SymbolicName=([a-z_]+)$")
      set(name "${CMAKE_MATCH_1}")
      string(APPEND ids "  ${name} = ${id},\n")
    elseif(line MATCHES "^Language=([A-Za-z]+)$")
      set(language "${CMAKE_MATCH_1}")
      set(text "")
    elseif(line STREQUAL ".")
      if(language STREQUAL "English")
        string(APPEND texts "    {\"${name}\"${text},\n     Severity::${severity}, LogEventId::${name}},\n")
      endif()
      set(language "")
    elseif(NOT language STREQUAL "")
      string(APPEND text ",\n     R\"text(${line})text\"")
    endif()
  endforeach()
  file(CONFIGURE OUTPUT "${header}" @ONLY CONTENT [[
// Made from service/events.mc by cmake/EventTexts.cmake.
#pragma once

#include <cstdint>

#include "service/log_event_text.h"

namespace profile_broker::service {

enum class LogEventId : std::uint16_t {
@ids@};

inline constexpr LogEventText<LogEventId> kLogEventTexts[] = {
@texts@};

}  // namespace profile_broker::service
]])
endfunction()

# event_message_file(target messages): a DLL with the message table and nothing else. A file of its own, because the
# event log keeps message files open, and an upgrade must be able to replace the program.
function(event_message_file target messages)
  set(made "${CMAKE_CURRENT_BINARY_DIR}/${target}-messages")
  file(MAKE_DIRECTORY "${made}")
  get_filename_component(name "${messages}" NAME_WE)
  if(MSVC)
    # Microsoft's compiler takes UTF-16, not UTF-8.
    add_custom_command(
      OUTPUT "${made}/${name}.rc" DEPENDS "${messages}" WORKING_DIRECTORY "${made}" VERBATIM
      COMMAND powershell -NoProfile -Command
              "Get-Content -Encoding UTF8 '${messages}' | Set-Content -Encoding Unicode '${name}.utf16.mc'"
      COMMAND mc -u -U -z "${name}" "${name}.utf16.mc")
  else()
    string(REPLACE "windres" "windmc" windmc "${CMAKE_RC_COMPILER}")
    add_custom_command(
      OUTPUT "${made}/${name}.rc" DEPENDS "${messages}" WORKING_DIRECTORY "${made}" VERBATIM
      COMMAND "${windmc}" -C 65001 -O 65001 -U "${messages}")
  endif()
  add_library(${target} MODULE "${made}/${name}.rc")
  set_source_files_properties("${made}/${name}.rc" PROPERTIES LANGUAGE RC)
  set_target_properties(${target} PROPERTIES PREFIX "" LINKER_LANGUAGE C)
  if(MSVC)
    target_link_options(${target} PRIVATE /NOENTRY)
  else()
    target_link_options(${target} PRIVATE -nostdlib -Wl,-e,0 -Wl,--no-insert-timestamp)
  endif()
endfunction()
