#pragma once

/// \file
/// Marks the symbols that the SDK's shared library exports.

#if defined(CLINIC_STATIC) || !defined(__GNUC__)
#define CLINIC_API
#else
#define CLINIC_API __attribute__((visibility("default")))
#endif
