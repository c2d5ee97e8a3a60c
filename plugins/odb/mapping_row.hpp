#pragma once

/// \file
/// What an aggregate answers.

#include <odb/core.hxx>

#include <cstdint>
#include <optional>
#include <string>

namespace clinic::mapping {

/// One row of an aggregate, or of any other statement that is not a record's: as many texts and integers as it may
/// have. The statement is made at run time and fills the columns that it does not need with NULL.
#pragma db view
struct Row {
  std::optional<std::string> text_0, text_1, text_2, text_3, text_4, text_5, text_6, text_7;
  std::optional<std::int64_t> integer_0, integer_1, integer_2, integer_3, integer_4, integer_5, integer_6, integer_7;
};

}  // namespace clinic::mapping
