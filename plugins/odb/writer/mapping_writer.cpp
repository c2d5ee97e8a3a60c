/// \file
/// Writes plugins/odb/mapping.hpp: ODB's pragmas, from what the records declare. `./dev schema` runs it, and the test
/// mapping.committed compares.

#include "records/record_model.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>

namespace {

using namespace clinic;

constexpr std::size_t longest_word = 20;

constexpr std::string_view head = R"(#pragma once

/// \file
/// How the records are kept in tables: ODB's pragmas, once for all databases. Written by `./dev schema` from what the
/// records declare (sdk/src/records): change those, and not this file.
///
/// - A text is VARCHAR with the data dictionary's limit, TEXT above 1000 and CLINIC_LONG_TEXT above 16000 code points.
/// - Integers and timestamps (milliseconds since 1970) are BIGINT. Dates are INTEGER, YYYYMMDD. Enums are their words.
///   Booleans are INTEGER, since PostgreSQL compares its own with nothing else.
/// - The indexes have the names <table>_<fields>_u (unique) or _i. MySQL indexes 3072 bytes at the most, 768
///   characters.
/// - `lock_count` is readonly: an update leaves it alone, and only `touch` moves it, so it never goes back.
///
/// What ODB does not know of, such as a view, is a schema version of its own, whose step is written by hand.

#include "optional_traits.hpp"

#include <odb/core.hxx>

#include "mapping_row.hpp"
#include "records/records.hpp"

#ifdef ODB_DATABASE_MYSQL
#define CLINIC_LONG_TEXT "MEDIUMTEXT"  // TEXT ends at 64 KiB there
#else
#define CLINIC_LONG_TEXT "TEXT"
#endif

// clang-format off

)";

std::string column_type(const FieldDescription& field) {
  const auto most = field.rule->max_length;
  if (most == 0) throw std::logic_error("a text without a limit: " + std::string(field.name));
  if (most > 16000) return "CLINIC_LONG_TEXT";
  return most > 1000 ? "\"TEXT\"" : "\"VARCHAR(" + std::to_string(most) + ")\"";
}

/// The enums that records hold, in the order in which they come.
void write_words(std::ostream& out) {
  std::set<std::string_view> written;
  for (const auto& record : record_types())
    for (const auto& field : record.description->fields) {
      const auto& type = field.type->bare();
      if (type.kind != TypeKind::word || !written.insert(type.name).second) continue;
      for (const auto word : type.words)
        if (word.size() > longest_word) throw std::logic_error("a word is too long: " + std::string(word));
      out << "#pragma db value(clinic::" << type.name << ") type(\"VARCHAR(" << longest_word << ")\")\n";
    }
}

void write_fields(std::ostream& out, const RecordType& record, const std::string& name) {
  for (const auto& field : record.description->fields) {
    const auto member = "#pragma db member(" + name + "::" + std::string(field.name) + ")";
    if (field.name == "version")
      out << member << " version\n";
    else if (field.name == "lock_count")
      out << member << " readonly\n";
    else if (field.type->bare().kind == TypeKind::text)
      out << member << (field.name == "id" ? " id" : "") << " type(" << column_type(field) << ")\n";
  }
}

void write_indexes(std::ostream& out, const RecordType& record, const std::string& name) {
  for (const auto& constraint : record.constraints) {
    std::string fields(constraint.fields), joined = fields;
    std::replace(joined.begin(), joined.end(), ',', '_');
    const bool several = fields != joined;
    for (auto at = fields.find(','); at != fields.npos; at = fields.find(',', at + 2))
      fields.insert(at + 1, " ");
    out << "#pragma db index(" << name << "::\"" << record.table << '_' << joined << (constraint.unique ? "_u" : "_i")
        << "\")" << (constraint.unique ? " unique" : "") << (several ? " members(" : " member(") << fields << ")\n";
  }
}

std::string mapping() {
  std::ostringstream out;
  out << head << "#pragma db model version(1, " << schema_version << ")\n\n";
  out << "#pragma db value(bool) type(\"INTEGER\")\n"
         "#pragma db value(std::int64_t) type(\"BIGINT\")\n"
         "#pragma db value(clinic::Timestamp) type(\"BIGINT\")\n"
         "#pragma db value(clinic::Date) type(\"INTEGER\")\n"
         "#pragma db value(clinic::Json) type(\"TEXT\")\n\n";
  write_words(out);
  for (const auto& record : record_types()) {
    const auto name = "clinic::" + std::string(record.name());
    out << "\n#pragma db object(" << name << ") table(\"" << record.table << "\")"
        << (record.description->field("version") ? " optimistic" : "") << '\n';
    write_fields(out, record, name);
    write_indexes(out, record, name);
  }
  return out.str();
}

}  // namespace

/// mapping_writer --write FILE | --compare FILE
int main(int argc, char** argv) {
  try {
    if (argc != 3) throw std::invalid_argument("usage: mapping_writer --write FILE | --compare FILE");
    const std::string what = argv[1], file = argv[2], wanted = mapping();
    std::ifstream committed(file);
    const std::string present(std::istreambuf_iterator<char>(committed), {});
    if (present == wanted) return 0;
    if (what == "--compare")
      throw std::runtime_error(file +
                               " is not what the records declare. After a change of a record raise schema_version in "
                               "sdk/src/records/records.hpp, then ./dev schema.");
    std::ofstream(file) << wanted;
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
