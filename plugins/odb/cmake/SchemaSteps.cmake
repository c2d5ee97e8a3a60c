# What ODB makes of the model and the changelog, brought into the form of a plugin's schema folder.
#
#   cmake -D FOLDER=<generated> [-D COLLATION=<collation>] -P SchemaSteps.cmake
#     From ODB's schema.sql, where the changelog has no change yet, 0001.sql; from schema-00n-pre.sql and -post.sql, 000n.sql.
#     Every text column gets the collation. ODB's own table of versions goes: clinic_schema is ours.
#   cmake -D FOLDER=<generated> -D COMMITTED=<schema folder> [-D WRITE=ON] -P SchemaSteps.cmake
#     Fails where the two differ; or copies.
cmake_minimum_required(VERSION 3.25)

if(COMMITTED)
  file(GLOB files RELATIVE "${FOLDER}" "${FOLDER}/0*.sql" "${FOLDER}/changelog.xml")
  foreach(file IN LISTS files)
    execute_process(COMMAND "${CMAKE_COMMAND}" -E compare_files "${FOLDER}/${file}" "${COMMITTED}/${file}"
      RESULT_VARIABLE different ERROR_QUIET)
    if(NOT different)
      continue()
    endif()
    set(remedy "Raise schema_version in sdk/src/records/records.hpp, then ./dev schema.")
    if(NOT WRITE)
      message(SEND_ERROR "${COMMITTED}/${file} is not what the mapping asks for. After a change of a record: ${remedy}")
    elseif(file MATCHES "sql$" AND EXISTS "${COMMITTED}/${file}" AND NOT DEFINED ENV{CLINIC_SCHEMA_REWRITE})
      message(FATAL_ERROR "${COMMITTED}/${file} is there and would change: databases that have this step never run it again. ${remedy} "
        "(CLINIC_SCHEMA_REWRITE=1 writes a step anew that nobody has.)")
    else()
      message(STATUS "${COMMITTED}/${file}")
      file(COPY_FILE "${FOLDER}/${file}" "${COMMITTED}/${file}")
    endif()
  endforeach()
  return()
endif()

function(clean sql)
  file(READ "${FOLDER}/${sql}" text)
  string(REGEX REPLACE "(UPDATE|CREATE TABLE|INSERT)[A-Z ]* .schema_version.[^;]*;\n*" "" text "${text}")
  string(REGEX REPLACE "(VARCHAR\\([0-9]+\\)|[A-Z]*TEXT) ((NOT )?NULL)" "\\1 COLLATE ${COLLATION} \\2" collated "${text}")
  if(COLLATION)
    set(text "${collated}")
  endif()
  set(text "${text}" PARENT_SCOPE)
endfunction()

file(GLOB old "${FOLDER}/0*.sql")
if(old)
  file(REMOVE ${old})
endif()
file(READ "${FOLDER}/changelog.xml" changelog)
if(NOT changelog MATCHES "<changeset")
  clean(schema.sql)
  file(WRITE "${FOLDER}/0001.sql" "${text}")
endif()
file(GLOB steps RELATIVE "${FOLDER}" "${FOLDER}/schema-*-pre.sql")
foreach(pre IN LISTS steps)
  string(REGEX MATCH "[0-9]+" number "${pre}")
  clean("${pre}")
  set(step "${text}")
  clean("schema-${number}-post.sql")
  string(REGEX REPLACE "^/\\*[^*]*\\*[^*]*\\*/\n*" "" text "${text}") # the same comment again
  string(REGEX REPLACE "\n+$" "\n" step "${step}${text}")
  file(WRITE "${FOLDER}/0${number}.sql" "${step}")
endforeach()
