# How everything here is compiled and linked.
#   clinic_options   language level and threads: link it (PUBLIC) into each of our libraries
#   clinic_warnings  the warnings: link it (PRIVATE) into each target of our own code; not into generated code
# Sanitizers are no property of a target: they go to everything in the tree, generated code too.
include_guard(GLOBAL)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 99) # C hosts and C plugins: the oldest that the C headers promise
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
foreach(language C CXX)
  set(CMAKE_${language}_VISIBILITY_PRESET hidden)
endforeach()
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

add_library(clinic_options INTERFACE)
target_compile_features(clinic_options INTERFACE cxx_std_20)
target_link_libraries(clinic_options INTERFACE Threads::Threads)

add_library(clinic_warnings INTERFACE)
target_compile_options(clinic_warnings INTERFACE -Wall -Wextra -Wpedantic -Wcast-qual -Wformat=2 -Wundef -Wvla
  "$<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor;-Woverloaded-virtual;-Wold-style-cast;-Wextra-semi>"
  "$<$<CXX_COMPILER_ID:GNU>:-Wshadow=local;-Wlogical-op;-Wduplicated-cond;-Wduplicated-branches>"
  # Boost.Describe's lists of bases are empty macro arguments: fine in C++20, clang 14 does not know it yet.
  "$<$<CXX_COMPILER_ID:Clang>:-Wshadow;-Wno-gnu-zero-variadic-macro-arguments>"
  # gcc 12 sees overlapping memory in `"text" + string` (gcc bug 105651).
  "$<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>")
if(CLINIC_WERROR)
  target_compile_options(clinic_warnings INTERFACE -Werror)
endif()

if(CLINIC_SANITIZE)
  list(JOIN CLINIC_SANITIZE "," clinic_sanitize_list)
  add_compile_options(-fsanitize=${clinic_sanitize_list} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${clinic_sanitize_list})
  # With sanitizers gcc warns about paths that do not exist; the dev preset judges warnings.
  target_compile_options(clinic_warnings INTERFACE "$<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-stringop-overflow>")
endif()

if(PROJECT_IS_TOP_LEVEL)
  # A quicker linker, if it is there and works with this compiler.
  find_program(CLINIC_MOLD mold)
  if(CLINIC_MOLD AND NOT DEFINED CLINIC_MOLD_WORKS)
    include(CheckCXXSourceCompiles)
    set(CMAKE_REQUIRED_LINK_OPTIONS -fuse-ld=mold)
    check_cxx_source_compiles("int main() { return 0; }" CLINIC_MOLD_WORKS)
    unset(CMAKE_REQUIRED_LINK_OPTIONS)
  endif()
  if(CLINIC_MOLD_WORKS)
    add_link_options(-fuse-ld=mold)
  endif()

  # ccache, which sees paths relative to the checkout: another clone, or another build folder, finds the same objects.
  # (So __FILE__ is relative to the build folder: nothing to open files by.) The sloppiness is what ccache needs to serve
  # objects that were compiled with a precompiled header, and, for gcc, -fpch-preprocess. It goes by the files that were read, and not by
  # what the preprocessor makes of them: gcc knows the headers in a precompiled one by their every byte, comments too, and takes one that
  # differs there for another header ("redefinition of class …").
  find_program(CLINIC_CCACHE ccache)
  if(CLINIC_CCACHE)
    foreach(language C CXX)
      if(NOT CMAKE_${language}_COMPILER_LAUNCHER)
        set(CMAKE_${language}_COMPILER_LAUNCHER
          ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1
          CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CLINIC_CCACHE})
      endif()
    endforeach()
    add_compile_options("$<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>"
      "$<$<COMPILE_LANG_AND_ID:CXX,Clang>:SHELL:-Xclang -fno-pch-timestamp>")
  endif()
  set(CMAKE_COLOR_DIAGNOSTICS OFF)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/CMakePresets.json")
endif()
