#pragma once

/// \file
/// Comes before any header of ODB's.

#include <cstddef>
#include <new>

// libodb 2.4.0 says `throw (std::bad_alloc)` here, which C++17 has removed.
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wkeyword-macro"
#endif
#define throw(...)
#include <odb/details/shared-ptr/base.hxx>
#undef throw
#ifdef __clang__
#pragma clang diagnostic pop
#endif
