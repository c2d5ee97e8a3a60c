#pragma once

/// \file
/// The one reader and the one writer between JSON and described structs, validation by the data dictionary, and JSON
/// Schema from the same.

#include <clinic/description.hpp>
#include <clinic/error.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

/// Other names that a profile accepts for fields and words: `firstName` → `first_name`, `MALE` → `male`.
struct Aliases {
  std::multimap<std::string, std::string, std::less<>>
      fields;  ///< one may stand for several: the one that the request has
  std::map<std::string, std::string, std::less<>> words;
};

/// Reads a JSON object into a default-constructed struct. Appends a FieldError with its path for each field that is
/// missing (see required_in_request(); everything else keeps the struct's default),
/// null where it may not be, unknown (with a suggestion), given twice, or of another type. Does not validate lengths
/// and formats. Throws Error(malformed_json) where the text is no JSON or no object, nested deeper than 32, or has half
/// of a surrogate pair.
/// Internal fields cannot be given. An integer may be written 12.0 or 1.2e1, as JSON Schema has it, if it is exactly
/// whole. After a hundred errors no more are added.
void read_json(std::string_view text, const TypeDescription& type, void* object, const Aliases& aliases,
               std::vector<FieldError>& errors);

/// Whether a request has to give the field: texts, timestamps and dates that are neither optional nor have a default,
/// and objects that hold such a field. `fresh` is a default-constructed object that holds the field.
bool required_in_request(const FieldDescription& field, const void* fresh);

/// Checks every text, integer and enum of the struct against the data dictionary: UTF-8, NUL, length, format, range,
/// known words. An empty text is an error where one is required, and becomes null in an optional or a patch.
/// `errors` may hold those of read_json(): a field that has one there gets no second one.
void validate(const TypeDescription& type, void* object, std::vector<FieldError>& errors);

/// The same for what the host says beside a request, and no description knows: nothing, or one line of at most so many
/// characters.
void validate_line(std::string_view path, const std::string& text, std::uint32_t most, std::vector<FieldError>& errors);
/// The same for one that must be said, and not be blank.
void validate_name(std::string_view path, const std::string& text, std::uint32_t most, std::vector<FieldError>& errors);

/// Appends the struct as JSON: every field but internal ones and secret ones (see `WriteSecrets`); nulls are written,
/// absent patches are not.
enum class WriteSecrets : bool { no, yes };
void write_json(const TypeDescription& type, const void* object, WriteSecrets secrets, std::string& out);

/// JSON Schema (2020-12) of the struct as a self-contained JSON text. That of an answer has the secret fields: answers
/// are written with WriteSecrets::yes.
enum class SchemaOf { request, response };
std::string json_schema(const TypeDescription& type, SchemaOf direction);

/// Appends a JSON string literal, quotes included. Bytes that are no UTF-8 become U+FFFD, so that it is always JSON.
void write_json_string(std::string_view text, std::string& out);

}  // namespace clinic
