# What clinic builds upon. Targets, beside those of the packages' own (Boost::json, Poco::Net, OpenSSL::Crypto, …):
#   clinic::boost         Boost >= 1.81: headers (Describe, DLL, …), json, container, filesystem
#   clinic::poco          Poco: Foundation, Net, NetSSL, Crypto, JWT   (Poco::Redis is the limiter plugin's own affair)
#   clinic::icu           ICU: properties and normal forms of Unicode; dates, numbers and plurals of languages
#   clinic::crypt         libxcrypt
#   clinic::zxcvbn        zxcvbn-c, which knows the common passwords
#   clinic::phonenumber   libphonenumber
#   clinic::date_tz       Howard Hinnant's date with time zones
#   clinic::cli11         CLI11
#   clinic::odb, clinic::odb_sqlite, clinic::odb_pgsql, clinic::odb_mysql   ODB's run time; the last two only where the
#                         servers' client libraries are installed (test with if(TARGET …))
#   clinic_catch2, clinic_catch2_main   Catch2 2.13 or 3 (with tests only); CLINIC_CATCH2_MAJOR tells the sources which
include_guard(GLOBAL)

# Only ODB and libphonenumber's headers may come from the prefix; the rest is the system's.
set(clinic_prefix_include "${CLINIC_DEPS_PREFIX}/usr/include")
set(clinic_prefix_lib "${CLINIC_DEPS_PREFIX}/usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}" "${CLINIC_DEPS_PREFIX}/usr/lib")

function(clinic_missing what package)
  message(FATAL_ERROR "${what} was not found. ./dev setup installs it (on Debian and Ubuntu: ${package}).")
endfunction()

# An imported library from a header and a library name, searched for in the prefix first.
function(clinic_import target header library package)
  string(MAKE_C_IDENTIFIER "CLINIC_${target}" id)
  string(TOUPPER "${id}" id)
  find_path(${id}_INCLUDE ${header} HINTS ${clinic_prefix_include})
  find_library(${id}_LIBRARY NAMES ${library} HINTS ${clinic_prefix_lib})
  mark_as_advanced(${id}_INCLUDE ${id}_LIBRARY)
  if(NOT ${id}_INCLUDE OR NOT ${id}_LIBRARY)
    clinic_missing("${library} (${header})" ${package})
  endif()
  add_library(${target} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION "${${id}_LIBRARY}")
  # On a system where the header is in /usr/include, an -isystem /usr/include would upset #include_next.
  if(NOT ${id}_INCLUDE IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
    target_include_directories(${target} SYSTEM INTERFACE "${${id}_INCLUDE}")
  endif()
endfunction()

# Boost, as shared libraries: the SDK and its plugins live in one process
set(Boost_USE_STATIC_LIBS OFF)
find_package(Boost 1.81 QUIET CONFIG COMPONENTS json container filesystem)
if(NOT Boost_FOUND)
  clinic_missing("Boost 1.81 or newer with json, container and filesystem" "libboost-json1.81-dev libboost-filesystem1.81-dev, or the unversioned ones")
endif()
add_library(clinic_boost INTERFACE)
target_link_libraries(clinic_boost INTERFACE Boost::headers Boost::json Boost::container Boost::filesystem)
add_library(clinic::boost ALIAS clinic_boost)

# Poco
find_package(OpenSSL QUIET)
if(NOT OPENSSL_FOUND)
  clinic_missing("OpenSSL" libssl-dev)
endif()
find_package(Poco 1.11 QUIET COMPONENTS Foundation Net NetSSL Crypto JSON JWT Redis Util)
if(NOT Poco_FOUND)
  clinic_missing("Poco 1.11 or newer" libpoco-dev)
endif()
add_library(clinic_poco INTERFACE)
target_link_libraries(clinic_poco INTERFACE Poco::Foundation Poco::Net Poco::NetSSL Poco::Crypto Poco::JWT)
add_library(clinic::poco ALIAS clinic_poco)

# Small ones
find_package(ICU 70 QUIET COMPONENTS uc i18n)
if(NOT ICU_FOUND)
  clinic_missing("ICU 70 or newer" libicu-dev)
endif()
add_library(clinic_icu INTERFACE)
target_link_libraries(clinic_icu INTERFACE ICU::i18n ICU::uc)
add_library(clinic::icu ALIAS clinic_icu)
find_package(SQLite3 QUIET)
if(NOT SQLite3_FOUND)
  clinic_missing("SQLite 3" libsqlite3-dev)
endif()
find_package(date QUIET)
if(NOT date_FOUND)
  clinic_missing("Howard Hinnant's date" libhowardhinnant-date-dev)
endif()
add_library(clinic_date_tz INTERFACE)
target_link_libraries(clinic_date_tz INTERFACE date::date-tz)
add_library(clinic::date_tz ALIAS clinic_date_tz)
find_package(CLI11 QUIET)
if(NOT CLI11_FOUND)
  clinic_missing("CLI11" libcli11-dev)
endif()
add_library(clinic_cli11 INTERFACE)
target_link_libraries(clinic_cli11 INTERFACE CLI11::CLI11)
add_library(clinic::cli11 ALIAS clinic_cli11)
clinic_import(clinic::crypt crypt.h crypt libcrypt-dev)
clinic_import(clinic::zxcvbn zxcvbn.h zxcvbn libzxcvbn-dev)

# libphonenumber: on Debian 12 the headers are in the prefix and the library has no link for the linker, see .ci/deps.
# Its headers use those of protobuf and Abseil.
clinic_import(clinic::protobuf google/protobuf/message.h protobuf libprotobuf-dev)
clinic_import(clinic::phonenumber phonenumbers/phonenumberutil.h "phonenumber;libphonenumber.so.8" libphonenumber-dev)
target_link_libraries(clinic::phonenumber INTERFACE clinic::protobuf)

# ODB
find_program(CLINIC_ODB odb)
if(NOT CLINIC_ODB)
  clinic_missing("The ODB compiler" odb)
endif()
clinic_import(clinic::odb odb/core.hxx odb libodb-dev)
clinic_import(clinic::odb_sqlite odb/sqlite/version.hxx odb-sqlite libodb-sqlite-dev)
target_link_libraries(clinic::odb_sqlite INTERFACE clinic::odb SQLite::SQLite3)
get_filename_component(CLINIC_ODB_LIBRARY_DIR "${CLINIC_CLINIC__ODB_LIBRARY}" DIRECTORY)
foreach(database pgsql mysql)
  set(header_pgsql libpq-fe.h)
  set(suffixes_pgsql postgresql)
  set(library_pgsql pq)
  set(header_mysql mysql.h)
  set(suffixes_mysql mariadb mysql)
  set(library_mysql mariadb mysqlclient)
  find_path(CLINIC_${database}_CLIENT_INCLUDE ${header_${database}} PATH_SUFFIXES ${suffixes_${database}})
  find_library(CLINIC_${database}_CLIENT_LIBRARY NAMES ${library_${database}})
  find_library(CLINIC_${database}_RUNTIME NAMES odb-${database} HINTS ${clinic_prefix_lib})
  mark_as_advanced(CLINIC_${database}_CLIENT_INCLUDE CLINIC_${database}_CLIENT_LIBRARY CLINIC_${database}_RUNTIME)
  if(CLINIC_${database}_CLIENT_INCLUDE AND CLINIC_${database}_CLIENT_LIBRARY AND CLINIC_${database}_RUNTIME)
    clinic_import(clinic::odb_${database} odb/${database}/version.hxx odb-${database} libodb-${database}-dev)
    target_include_directories(clinic::odb_${database} SYSTEM INTERFACE "${CLINIC_${database}_CLIENT_INCLUDE}")
    target_link_libraries(clinic::odb_${database} INTERFACE clinic::odb "${CLINIC_${database}_CLIENT_LIBRARY}")
    if(database STREQUAL "mysql") # <mysql.h>, not <mysql/mysql.h>: the folder is called mariadb
      set_property(TARGET clinic::odb_mysql APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS LIBODB_MYSQL_INCLUDE_SHORT)
    endif()
  endif()
endforeach()

# Catch2
if(CLINIC_BUILD_TESTS)
  find_package(Catch2 QUIET)
  if(NOT Catch2_FOUND)
    clinic_missing("Catch2 2.13 or 3" catch2)
  endif()
  add_library(clinic_catch2 INTERFACE)
  target_link_libraries(clinic_catch2 INTERFACE Catch2::Catch2)
  if(Catch2_VERSION VERSION_LESS 3)
    target_compile_definitions(clinic_catch2 INTERFACE CLINIC_CATCH2_MAJOR=2)
    file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/catch2_main.cpp" CONTENT "#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n")
    add_library(clinic_catch2_main STATIC EXCLUDE_FROM_ALL "${PROJECT_BINARY_DIR}/catch2_main.cpp")
    target_link_libraries(clinic_catch2_main PUBLIC clinic_catch2)
    target_compile_options(clinic_catch2_main PRIVATE -O0 -g0) # all of Catch2: nobody debugs it, and optimising it takes long
  else()
    target_compile_definitions(clinic_catch2 INTERFACE CLINIC_CATCH2_MAJOR=3)
    add_library(clinic_catch2_main INTERFACE)
    target_link_libraries(clinic_catch2_main INTERFACE clinic_catch2 Catch2::Catch2WithMain)
  endif()
  list(APPEND CMAKE_MODULE_PATH "${Catch2_DIR}")
  include(Catch) # catch_discover_tests()
endif()
