# clinic_catch_tests(<executable> LABELS <label>… [TIMEOUT <seconds>] [PROPERTIES <name> <value>…])
#
# One test of ctest for each test case of a Catch2 executable, with all of the labels. Catch2 2.13's own
# catch_discover_tests() loses every label but the first, and what comes after it, without a word.
#
# Labels: core (needs nothing but the SDK), sqlite (the embedded database), concurrent (threads or processes race), and
# no_sanitizer for what cannot run under sanitizers; .ci/run chooses by them. See docs/development.md.
include_guard(GLOBAL)

function(clinic_catch_tests executable)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "LABELS;PROPERTIES")
  if(NOT arg_LABELS OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "clinic_catch_tests(${executable}): LABELS are needed; not understood: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  set(properties ${arg_PROPERTIES})
  if(arg_TIMEOUT)
    list(APPEND properties TIMEOUT ${arg_TIMEOUT})
  endif()
  list(JOIN properties " " properties)
  catch_discover_tests(${executable} TEST_LIST ${executable}_cases)
  # Read by ctest after the list of tests.
  set(file "${CMAKE_CURRENT_BINARY_DIR}/${executable}_labels.cmake")
  file(CONFIGURE OUTPUT "${file}" @ONLY CONTENT [[
foreach(case IN LISTS @executable@_cases)
  set_tests_properties("${case}" PROPERTIES LABELS "@arg_LABELS@" @properties@)
endforeach()
]])
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${file}")
endfunction()
