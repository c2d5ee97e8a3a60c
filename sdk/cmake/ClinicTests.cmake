# clinic_catch_tests(<executable> LABELS <label>… [TIMEOUT <seconds>] [PROPERTIES <name> <value>…] [BACKENDS <backend>…])
#
# One test of ctest for each test case of a Catch2 executable, with all of the labels. Catch2 2.13's own
# catch_discover_tests() loses every label but the first, and what comes after it, without a word.
#
# BACKENDS (sqlite, postgresql, mysql): the same cases once for each, which CLINIC_TEST_BACKEND tells them. Copies for a server have
# names that end in ` [postgresql]`, and its label and `server` in place of `core` and `sqlite`. Cases tagged [sqlite] are about that
# database alone and have no copies, those tagged [server] are about all others. Under sanitizers nothing but SQLite is tried: what is
# to be found there is in code that all databases share.
#
# Labels: core (needs nothing but the SDK), sqlite (the embedded database), server with postgresql or mysql (needs that server),
# concurrent (threads or processes race), and no_sanitizer for what cannot run under sanitizers; .ci/run chooses by them. See
# docs/development.md.
include_guard(GLOBAL)

function(clinic_catch_tests executable)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "LABELS;PROPERTIES;BACKENDS")
  if(NOT arg_LABELS OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "clinic_catch_tests(${executable}): LABELS are needed; not understood: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_BACKENDS)
    clinic_catch_tests_on("" ${executable} "")
    return()
  endif()
  foreach(backend IN LISTS arg_BACKENDS)
    if(backend STREQUAL "sqlite")
      clinic_catch_tests_on(sqlite ${executable} "~[server]")
    elseif(backend STREQUAL "postgresql")
      clinic_catch_tests_on(postgresql ${executable} "~[sqlite]~[mysql]")
    elseif(backend STREQUAL "mysql")
      clinic_catch_tests_on(mysql ${executable} "~[sqlite]~[postgresql]")
    else()
      message(FATAL_ERROR "clinic_catch_tests(${executable}): there is no backend ${backend}")
    endif()
  endforeach()
endfunction()

# clinic_server_labels(<variable> <backend> <label>…): what the labels are for a copy on a server
function(clinic_server_labels variable backend)
  set(labels ${ARGN})
  list(REMOVE_ITEM labels core sqlite)
  set(${variable} ${labels} server ${backend} PARENT_SCOPE)
endfunction()

# The cases of a specification of Catch2, for one backend or none. Uses the caller's arg_….
function(clinic_catch_tests_on backend executable specification)
  set(labels ${arg_LABELS})
  set(properties ${arg_PROPERTIES})
  set(suffix "")
  if(backend AND NOT backend STREQUAL "sqlite")
    if(CLINIC_SANITIZE)
      return()
    endif()
    clinic_server_labels(labels ${backend} ${labels})
    set(suffix " [${backend}]")
  endif()
  if(backend)
    list(APPEND properties ENVIRONMENT "CLINIC_TEST_BACKEND=${backend}")
  endif()
  if(arg_TIMEOUT)
    list(APPEND properties TIMEOUT ${arg_TIMEOUT})
  endif()
  list(JOIN properties " " properties)
  set(cases ${executable}_cases_${backend})
  # The specification makes the name of Catch2's own file, too: each backend has another.
  catch_discover_tests(${executable} TEST_SPEC "${specification}" TEST_SUFFIX "${suffix}" TEST_LIST ${cases})
  # Read by ctest after the list of tests.
  set(file "${CMAKE_CURRENT_BINARY_DIR}/${executable}_labels_${backend}.cmake")
  file(CONFIGURE OUTPUT "${file}" @ONLY CONTENT [[
foreach(case IN LISTS @cases@)
  set_tests_properties("${case}" PROPERTIES LABELS "@labels@" @properties@)
endforeach()
]])
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${file}")
endfunction()
