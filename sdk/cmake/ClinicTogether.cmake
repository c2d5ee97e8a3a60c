# clinic_compile_together(<target> [AT_ONCE <n>])
#
# Compiles the C++ sources of a target several at a time: the sources of each folder in groups of at most n, 12 if nothing is said. What
# every source instantiates anew (JSON, repositories, the standard library) is then compiled once for a group. (CMake's own UNITY_BUILD
# names the sources by their absolute paths, so that no other clone would find the objects in ccache.)
#
# The target <target>_each compiles the same sources one by one. Nothing depends on it. It is for whoever looks for the errors of one
# file, for clang-tidy and for editors, which find each source's command in compile_commands.json:
#
#   ninja -C build/dev sdk/CMakeFiles/clinic_sdk_each.dir/src/base/ids.cpp.o
#
# A source with CMake's property SKIP_UNITY_BUILD_INCLUSION is compiled by itself.
#
# Sources of one folder share their unnamed namespaces. So helpers have names of their own, or one place.
include_guard(GLOBAL)

option(CLINIC_TOGETHER "Compile the sources of a folder together" ON)

function(clinic_compile_together target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "AT_ONCE" "")
  if(NOT arg_AT_ONCE)
    set(arg_AT_ONCE 12)
  endif()
  if(CLINIC_TOGETHER) # at the end of the folder's CMakeLists.txt, when all is said about the target
    cmake_language(EVAL CODE "cmake_language(DEFER CALL clinic_group_sources ${target} ${arg_AT_ONCE})")
  endif()
endfunction()

function(clinic_group_sources target at_once)
  get_target_property(sources ${target} SOURCES)
  set(alone "")
  set(together "")
  set(folders "")
  foreach(source IN LISTS sources)
    get_filename_component(file "${source}" ABSOLUTE)
    cmake_path(IS_PREFIX PROJECT_SOURCE_DIR "${file}" ours)
    cmake_path(IS_PREFIX PROJECT_BINARY_DIR "${file}" generated)
    get_source_file_property(by_itself "${source}" SKIP_UNITY_BUILD_INCLUSION)
    if(NOT file MATCHES "\\.cpp$" OR NOT ours OR generated OR by_itself)
      list(APPEND alone "${source}")
      continue()
    endif()
    list(APPEND together "${source}")
    file(RELATIVE_PATH path "${PROJECT_SOURCE_DIR}" "${file}")
    get_filename_component(folder "${path}" DIRECTORY)
    string(MAKE_C_IDENTIFIER "${folder}" id)
    list(APPEND folders ${id})
    list(APPEND paths_${id} "${path}")
  endforeach()

  set(groups "")
  list(REMOVE_DUPLICATES folders)
  foreach(id IN LISTS folders)
    set(paths ${paths_${id}})
    list(SORT paths)
    list(LENGTH paths count)
    # as even as possible: nine files are five and four, not eight and one
    math(EXPR parts "(${count} + ${at_once} - 1) / ${at_once}")
    foreach(part RANGE 1 ${parts})
      math(EXPR begin "(${part} - 1) * ${count} / ${parts}")
      math(EXPR length "${part} * ${count} / ${parts} - ${begin}")
      list(SUBLIST paths ${begin} ${length} group)
      set(text "")
      foreach(path IN LISTS group)
        string(APPEND text "#include \"${path}\"\n")
      endforeach()
      set(file "${CMAKE_CURRENT_BINARY_DIR}/${target}_together/${id}_${part}.cpp")
      file(CONFIGURE OUTPUT "${file}" CONTENT "${text}" @ONLY)
      set_source_files_properties("${file}" PROPERTIES COMPILE_OPTIONS "-iquote${PROJECT_SOURCE_DIR}")
      list(APPEND groups "${file}")
    endforeach()
  endforeach()
  set_target_properties(${target} PROPERTIES SOURCES "${alone};${groups}")

  add_library(${target}_each OBJECT EXCLUDE_FROM_ALL ${together})
  foreach(property COMPILE_DEFINITIONS COMPILE_FEATURES COMPILE_OPTIONS INCLUDE_DIRECTORIES LINK_LIBRARIES PRECOMPILE_HEADERS)
    get_target_property(value ${target} ${property})
    if(value)
      set_property(TARGET ${target}_each PROPERTY ${property} "${value}")
    endif()
  endforeach()
endfunction()
