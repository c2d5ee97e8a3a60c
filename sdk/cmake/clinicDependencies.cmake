# What a program that links clinic::sdk links, too: clinic_LINKED, or clinic_MISSING, the names of what was not found.
set(clinic_LINKED "")
set(clinic_MISSING "")

get_property(clinic_languages GLOBAL PROPERTY ENABLED_LANGUAGES)
if(NOT "CXX" IN_LIST clinic_languages)
  set(clinic_MISSING "C++ among the project's languages")
  return()
endif()

# clinic_needs(<words> <arguments of find_package>…)
macro(clinic_needs name package)
  find_package(${package} QUIET ${ARGN})
  if(NOT ${package}_FOUND)
    list(APPEND clinic_MISSING "${name}")
  endif()
endmacro()

set(THREADS_PREFER_PTHREAD_FLAG ON)
clinic_needs("threads" Threads)
clinic_needs("Boost 1.81 with json, container and filesystem" Boost 1.81 CONFIG COMPONENTS json container filesystem)
clinic_needs("Poco 1.11" Poco 1.11 COMPONENTS Foundation Net NetSSL Crypto JSON JWT Util)
clinic_needs("OpenSSL" OpenSSL)
clinic_needs("Howard Hinnant's date" date)
list(APPEND clinic_LINKED Threads::Threads Boost::headers Boost::json Boost::container Boost::filesystem Poco::Foundation Poco::Net
  Poco::NetSSL Poco::Crypto Poco::JWT OpenSSL::Crypto date::date-tz ${CMAKE_DL_LIBS})

# Debian's package of the library alone has no link for the linker.
foreach(library crypt zxcvbn "phonenumber,libphonenumber.so.8" protobuf)
  string(REPLACE "," ";" names "${library}")
  list(GET names 0 name)
  find_library(clinic_${name}_LIBRARY NAMES ${names})
  mark_as_advanced(clinic_${name}_LIBRARY)
  if(clinic_${name}_LIBRARY)
    list(APPEND clinic_LINKED "${clinic_${name}_LIBRARY}")
  else()
    list(APPEND clinic_MISSING "lib${name}")
  endif()
endforeach()
