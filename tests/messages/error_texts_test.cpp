#include "messages/error_texts.hpp"
#include "support/catch.hpp"
#include "support/folders.hpp"
#include "support/temp_folder.hpp"

#include <boost/json.hpp>

#include <filesystem>
#include <set>
#include <string>

using namespace clinic;
using namespace clinic::test;

namespace {

/// All codes that stand beside a path.
void codes_of_fields(const boost::json::value& value, std::set<std::string>& codes) {
  if (const auto* list = value.if_array())
    for (const auto& element : *list)
      codes_of_fields(element, codes);
  if (const auto* object = value.if_object()) {
    const auto* code = object->if_contains("code");
    if (object->contains("path") && code != nullptr && code->is_string()) codes.emplace(code->get_string());
    for (const auto& [key, element] : *object)
      codes_of_fields(element, codes);
  }
}

Error of_field(const char* path, const char* code, const char* message) {
  return Error(ErrorCode::validation_failed, {}, {{path, code, message}});
}

}  // namespace

TEST_CASE("Every error has words in every language", "[NOTE-4][core]") {
  for (const auto& row : error_table()) {
    CAPTURE(std::string(row.word));
    const Error error(row.code, "detail");
    CHECK(localized(error, "en").what() == std::string(error.what()));
    CHECK(localized(error, "sw").what() == std::string(error.what()));
    CHECK(localized(error, "").what() == std::string(error.what()));
    for (const auto* locale : {"id", "id-ID", "ar", "ar-EG"}) {
      const auto words = localized(error, locale);
      CHECK(words.message() != error.message());
      CHECK(words.detail() == "detail");
      CHECK(words.code() == error.code());
      CHECK(words.http_status() == error.http_status());
    }
  }
  std::set<std::string> codes(field_error_codes.begin(), field_error_codes.end());
  CHECK(codes.size() == field_error_codes.size());
  for (const auto& code : codes)
    for (const auto* locale : {"id", "ar"}) {
      CAPTURE(code, locale);
      const auto error = localized(of_field("phone", code.c_str(), "English."), locale);
      CHECK(error.fields().at(0).message != "English.");
      CHECK(error.fields().at(0).message.find('{') == std::string::npos);
      CHECK(error.detail() == error.fields().at(0).message);
      CHECK(error.fields().at(0).path == "phone");
    }
}

TEST_CASE("The codes of fields that scenarios know have words", "[NOTE-4][core]") {
  std::set<std::string> codes;
  for (const auto& file : std::filesystem::directory_iterator(data_folder() + "/scenarios"))
    if (file.path().extension() == ".json") codes_of_fields(boost::json::parse(contents(file.path())), codes);
  CHECK(codes.size() > 10);
  for (const auto& code : codes) {
    CAPTURE(code);
    CHECK(std::find(field_error_codes.begin(), field_error_codes.end(), code) != field_error_codes.end());
  }
}

TEST_CASE("An error's words say as much as the English ones", "[NOTE-4][core]") {
  CHECK(localized(Error(ErrorCode::duplicate_email), "id").message() == "Email sudah terdaftar");
  const auto field = [](const char* code, const char* message) {
    return localized(of_field("identifiers[2].value", code, message), "id").detail();
  };
  CHECK(field("too_long", "`identifiers[2].value` has 130 characters; at most 100 are allowed.") ==
        "`identifiers[2].value` terlalu panjang; paling banyak 100 karakter.");
  CHECK(field("too_long", "It is too long.") == "`identifiers[2].value` terlalu panjang.");
  CHECK(field("too_short", "The password needs at least 8 characters.") ==
        "`identifiers[2].value` harus terdiri dari sedikitnya 8 karakter.");
  CHECK(field("out_of_range", "`limit` must be between 1 and 200.") ==
        "Nilai `identifiers[2].value` harus antara 1 dan 200.");
  CHECK(field("no_such_code", "English.") == "English.");

  // Whoever may not learn which record there is does not learn it in another language.
  auto error = Error(ErrorCode::duplicate_email, "Somebody is registered with this email.",
                     {{"email", "duplicate", "Somebody is registered with this email."}})
                   .with_message(std::string(info(ErrorCode::duplicate_record).message));
  error.http_status(400);
  error.retry_after_seconds(7);
  const auto words = localized(error, "id");
  CHECK(words.message() == "Pasien dengan data ini sudah terdaftar.");
  CHECK(words.detail() == "`email` sudah terdaftar.");
  CHECK(words.http_status() == 400);
  CHECK(words.retry_after_seconds() == 7);
  // A field with the words of a code keeps them.
  CHECK(localized(Error(ErrorCode::duplicate_national_id, {},
                        {{"national_id", "duplicate", "A patient with this national ID already exists."}}),
                  "id")
            .detail() == "Pasien dengan nomor identitas ini sudah terdaftar.");
}

TEST_CASE("Words for errors in the clinic's folder", "[NOTE-4][core]") {
  const TempFolder folder;
  std::filesystem::create_directories(folder.path() / "sw");
  boost::json::object codes, fields;
  for (const auto& row : error_table())
    codes[row.word] = "Hapana";
  for (const auto code : field_error_codes)
    fields[code] = "Hapana {path}";
  const auto fault = [&](const std::string& text) {
    folder.write("sw/errors.json", text);
    try {
      const ErrorTexts texts(folder.path().string());
    } catch (const Error& error) {
      return error.fields().at(0).message.substr(folder.path().string().size() + 1);
    }
    return std::string("none");
  };
  const auto whole = boost::json::serialize(boost::json::object{{"codes", codes}, {"fields", fields}});
  CHECK(fault(whole) == "none");
  CHECK(ErrorTexts(folder.path().string()).localized(Error(ErrorCode::busy), "sw-TZ").message() == "Hapana");
  CHECK(fault("{\n  \"codes\": oops}") == "sw/errors.json:2:12: The file is no JSON from here.");
  CHECK(fault(whole + "x") != "none");
  CHECK(fault("[]") == "sw/errors.json:1:1: The file must hold a JSON object.");
  auto other = fields;
  other["too_long"] = "{1}";
  CHECK(fault(boost::json::serialize(boost::json::object{{"codes", codes}, {"fields", other}}))
            .find("`fields.too_long`") != std::string::npos);
  other["too_long"] = "{value}";
  CHECK(fault(boost::json::serialize(boost::json::object{{"codes", codes}, {"fields", other}}))
            .find("`fields.too_long`") != std::string::npos);
  other["too_long"] = "Hapana\x1b[2J";
  CHECK(fault(boost::json::serialize(boost::json::object{{"codes", codes}, {"fields", other}})) ==
        "sw/errors.json:1:1: `fields.too_long` holds a control character.");
  codes["busy"] = "Hapana\n";
  CHECK(fault(boost::json::serialize(boost::json::object{{"codes", codes}, {"fields", fields}})) ==
        "sw/errors.json:1:1: `codes.busy` holds a control character.");
  codes.erase("busy");
  CHECK(fault(boost::json::serialize(boost::json::object{{"codes", codes}, {"fields", fields}})) ==
        "sw/errors.json:1:1: `codes.busy` is missing.");
}
