# Runs the ODB compiler.
#
#   odb_mapping(<target> DATABASE sqlite|pgsql|mysql HEADER <mapping.hpp> [PROLOGUE <line of C++>]
#               [INCLUDE_DIRS <dir>…] [LIBRARIES <target>…])
#     A static, position independent library <target> with the generated database code of HEADER, a header that includes the
#     model and holds the pragmas. PROLOGUE goes to the top of the generated header: '#include "traits-sqlite.hpp"'. Includes are
#     searched for in INCLUDE_DIRS and in the include folders of LIBRARIES, by the ODB compiler and later by the C++ compiler.
#     Who links <target> can include "<mapping>-odb.hpp" and gets ODB's run time and clinic_odb_flags.
#
#   odb_schema(<name> DATABASE … HEADER … FOLDER <schema folder> [TEXT_COLLATION <collation>] [INCLUDE_DIRS …] [LIBRARIES …])
#     When the target <name> is built, ODB compares the model with the folder's changelog.xml and generates the SQL of the steps
#     from the changelog's base version to the model's. Every text column gets the collation, if one is given: ODB's own way,
#     the pragma `options`, does not reach the columns of optionals. The target clinic_schema (./dev schema) brings the folder
#     up to date, and the test schema.<name> fails where it is not.
#
#   odb_beside(<plugin> DATABASE sqlite|pgsql|mysql [DESTINATION <install folder of the plugin>])
#     Lays ODB's run-time libraries into the folder odb/ beside the plugin, where they are not the system's own, and has the
#     plugin look for them there.
#
# Both ODB runs note the headers that they read, so a changed model generates anew.
#
# What surprised us:
#   - ODB 2.4 drives the gcc that it was built for, by its versioned name, whatever compiler the project uses (Debian 13: g++-13, which
#     its package does not depend on). It knows nothing newer than --std c++14; the rest goes through -x.
#   - With --at-once the name of the output comes from --input-name, and the generated header includes the mapping by that name:
#     the mapping's folder must be on the include path.
#   - Code generated without --generate-schema knows no schema at all: database::schema_version("name") throws unknown_schema.
#   - An include of ODB's headers must not be sorted before the shim that mends them; .clang-format keeps blocks of includes apart.
#   - The SQL from Debian 12's and 13's ODB is the same to the byte (tried with a mapping of two records).
include_guard(GLOBAL)

# For the generated code and for all that includes ODB's headers.
add_library(clinic_odb_flags INTERFACE)
target_compile_options(clinic_odb_flags INTERFACE -Wno-unknown-pragmas -Wno-cpp
  "$<$<CXX_COMPILER_ID:GNU>:-Wno-use-after-free>" # gcc 12 at -O2
)
if("undefined" IN_LIST CLINIC_SANITIZE)
  # odb/sqlite/query.hxx copies a bool that nobody has set, and never looks at the copy.
  target_compile_options(clinic_odb_flags INTERFACE -fno-sanitize=bool)
endif()

# The command that makes OUTPUTS in DIRECTORY: note what HEADER includes, then run odb with FLAGS.
function(clinic_odb_command)
  cmake_parse_arguments(arg "" "DIRECTORY;HEADER;DATABASE;COMMENT" "OUTPUTS;FLAGS;INCLUDE_DIRS;LIBRARIES;BEFORE;AFTERWARDS" ${ARGN})
  get_filename_component(header_dir "${arg_HEADER}" DIRECTORY)
  set(include_dirs "${header_dir}" ${arg_INCLUDE_DIRS} ${CLINIC_CLINIC__ODB_INCLUDE})
  foreach(library IN LISTS arg_LIBRARIES)
    list(APPEND include_dirs "$<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>")
  endforeach()
  # As -I, /usr/include would come before the compiler's own folders.
  set(include_dirs "$<FILTER:$<REMOVE_DUPLICATES:${include_dirs}>,EXCLUDE,^/usr/include$>")
  set(includes "-I$<JOIN:${include_dirs},;-I>")
  list(GET arg_OUTPUTS 0 first)
  set(outputs ${arg_OUTPUTS})
  list(TRANSFORM outputs PREPEND "${arg_DIRECTORY}/")
  add_custom_command(
    OUTPUT ${outputs}
    DEPFILE "${arg_DIRECTORY}/${first}.d"
    DEPENDS "${arg_HEADER}"
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${arg_DIRECTORY}"
    COMMAND "${CMAKE_CXX_COMPILER}" -std=c++20 -DODB_COMPILER -w "${includes}" -x c++ -MM -MF "${arg_DIRECTORY}/${first}.d"
      -MT "${arg_DIRECTORY}/${first}" "${arg_HEADER}"
    ${arg_BEFORE}
    COMMAND "${CLINIC_ODB}" -d ${arg_DATABASE} -x -std=c++20 --at-once --generate-query ${arg_FLAGS} "${includes}"
      --output-dir "${arg_DIRECTORY}" "${arg_HEADER}"
    ${arg_AFTERWARDS}
    COMMENT "${arg_COMMENT}"
    COMMAND_EXPAND_LISTS VERBATIM)
endfunction()

function(odb_mapping target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "DATABASE;HEADER;PROLOGUE" "INCLUDE_DIRS;LIBRARIES")
  if(NOT arg_DATABASE OR NOT arg_HEADER OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "odb_mapping(${target}): DATABASE and HEADER are needed; not understood: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  get_filename_component(header "${arg_HEADER}" ABSOLUTE)
  get_filename_component(stem "${header}" NAME_WE)
  get_filename_component(name "${header}" NAME)
  set(directory "${CMAKE_CURRENT_BINARY_DIR}/${target}-generated")
  set(flags --generate-prepared --input-name ${name} --hxx-suffix .hpp --cxx-suffix .cpp --ixx-suffix .ipp)
  if(arg_PROLOGUE)
    list(APPEND flags --hxx-prologue "${arg_PROLOGUE}")
  endif()
  clinic_odb_command(DATABASE ${arg_DATABASE} DIRECTORY "${directory}" HEADER "${header}"
    COMMENT "Mapping ${name} to ${arg_DATABASE} with ODB"
    OUTPUTS ${stem}-odb.cpp ${stem}-odb.hpp ${stem}-odb.ipp FLAGS ${flags}
    INCLUDE_DIRS ${arg_INCLUDE_DIRS} LIBRARIES ${arg_LIBRARIES})
  add_library(${target} STATIC "${directory}/${stem}-odb.cpp" "${directory}/${stem}-odb.hpp" "${directory}/${stem}-odb.ipp")
  get_filename_component(header_dir "${header}" DIRECTORY)
  target_include_directories(${target} PUBLIC "${header_dir}" ${arg_INCLUDE_DIRS})
  target_include_directories(${target} SYSTEM PUBLIC "${directory}")
  target_link_libraries(${target} PUBLIC ${arg_LIBRARIES} clinic::odb_${arg_DATABASE} clinic_odb_flags clinic_options)
  set_target_properties(${target} PROPERTIES EXPORT_COMPILE_COMMANDS OFF) # nothing to lint
endfunction()

function(odb_schema name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "DATABASE;HEADER;FOLDER;TEXT_COLLATION" "INCLUDE_DIRS;LIBRARIES")
  if(NOT arg_DATABASE OR NOT arg_HEADER OR NOT arg_FOLDER OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "odb_schema(${name}): DATABASE, HEADER and FOLDER are needed; not understood: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  get_filename_component(header "${arg_HEADER}" ABSOLUTE)
  get_filename_component(committed "${arg_FOLDER}" ABSOLUTE)
  set(directory "${CMAKE_CURRENT_BINARY_DIR}/generated-schema")
  set(script "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/SchemaSteps.cmake")
  set(flags --generate-schema-only --omit-drop --schema-format sql --input-name schema.hpp
    --changelog "${directory}/changelog.xml")
  set(before COMMAND "${CMAKE_COMMAND}" -E rm -f "${directory}/changelog.xml")
  if(EXISTS "${committed}/changelog.xml") # else a new one begins
    set(before COMMAND "${CMAKE_COMMAND}" -E copy "${committed}/changelog.xml" "${directory}")
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${committed}")
  clinic_odb_command(DATABASE ${arg_DATABASE} DIRECTORY "${directory}" HEADER "${header}"
    COMMENT "Generating the ${arg_DATABASE} schema with ODB"
    OUTPUTS changelog.xml FLAGS ${flags} BEFORE ${before}
    AFTERWARDS COMMAND "${CMAKE_COMMAND}" -D "FOLDER=${directory}" -D "COLLATION=${arg_TEXT_COLLATION}" -P "${script}"
    INCLUDE_DIRS ${arg_INCLUDE_DIRS} LIBRARIES ${arg_LIBRARIES})
  set(all)
  if(CLINIC_BUILD_TESTS)
    set(all ALL)
    add_test(NAME schema.${name} COMMAND "${CMAKE_COMMAND}" -D "FOLDER=${directory}" -D "COMMITTED=${committed}" -P "${script}")
    set_tests_properties(schema.${name} PROPERTIES LABELS "core")
  endif()
  add_custom_target(${name} ${all} DEPENDS "${directory}/changelog.xml")
  if(NOT TARGET clinic_schema)
    add_custom_target(clinic_schema)
  endif()
  add_custom_target(${name}_commit
    COMMAND "${CMAKE_COMMAND}" -D "FOLDER=${directory}" -D "COMMITTED=${committed}" -D WRITE=ON -P "${script}"
    DEPENDS "${directory}/changelog.xml" VERBATIM)
  add_dependencies(clinic_schema ${name}_commit)
endfunction()

function(odb_beside plugin)
  if(NOT CLINIC_ODB_LIBRARY_DIR MATCHES "^${CLINIC_DEPS_PREFIX}")
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "DATABASE;DESTINATION" "")
  if(NOT arg_DESTINATION)
    set(arg_DESTINATION "${CMAKE_INSTALL_LIBDIR}/clinic/plugins")
  endif()
  set(libraries "${CLINIC_ODB_LIBRARY_DIR}/libodb-2.4.so" "${CLINIC_ODB_LIBRARY_DIR}/libodb-${arg_DATABASE}-2.4.so")
  add_custom_command(TARGET ${plugin} POST_BUILD
    COMMAND "${CMAKE_COMMAND}" -E make_directory "$<TARGET_FILE_DIR:${plugin}>/odb"
    COMMAND "${CMAKE_COMMAND}" -E copy_if_different ${libraries} "$<TARGET_FILE_DIR:${plugin}>/odb"
    VERBATIM)
  # The old kind of rpath: it holds for libodb-sqlite's own search for libodb, too.
  target_link_options(${plugin} PRIVATE LINKER:--disable-new-dtags)
  set_target_properties(${plugin} PROPERTIES INSTALL_RPATH "$ORIGIN/odb" BUILD_WITH_INSTALL_RPATH ON)
  install(FILES ${libraries} DESTINATION "${arg_DESTINATION}/odb")
endfunction()
