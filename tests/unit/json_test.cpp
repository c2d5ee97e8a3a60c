#include "described.hpp"
#include "support/catch.hpp"
#include "support/folders.hpp"

#include <clinic/text.hpp>

#include <boost/json.hpp>

#include <fstream>
#include <iterator>
#include <stdexcept>

using namespace clinic;
using namespace clinic::test;

namespace {

ErrorCode refusal(std::string_view text) {
  try {
    read<Sample>(text);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::internal;
}

std::vector<std::string> naughty_strings() {
  std::ifstream file(data_folder() + "/naughty-strings.json");
  if (!file) throw std::runtime_error("naughty-strings.json is not in " + data_folder());
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return boost::json::value_to<std::vector<std::string>>(boost::json::parse(text));
}

}  // namespace

TEST_CASE("A whole struct is read and written", "[MODEL-10][core]") {
  const auto result = read<Sample>(R"({
    "first_name": "Jane", "last_name": null, "email": "jane@example.com", "address": "a\nb", "password": "x",
    "limit": 3, "age_years": 41, "dry_run": true, "from": "2026-11-21T04:14:20.1239+02:00", "birth_date": "1980-02-29",
    "role": "doctor", "gender": "female", "phone": null, "visit_count": 2,
    "identifiers": [{"system": "mrn", "value": "1"}, {"value": "2", "system": "x", "limit": 9}],
    "roles": ["admin", "cashier"], "errors": [], "data": {"system": "a", "value": "b"},
    "metadata": { "a" : [1, 2.50, "x\u0041\n", {"b": null}], "c": 1e2, "d": {} }
  })");
  CHECK(brief(result.errors).empty());
  CHECK(json_of(result.object) ==
        R"({"first_name":"Jane","last_name":null,"email":"jane@example.com","address":"a\nb","password":"x",)"
        R"("patient_id":null,"number":null,"limit":3,"age_years":41,"dry_run":true,"from":"2026-11-21T02:14:20.123Z",)"
        R"("birth_date":"1980-02-29","role":"doctor","gender":"female","phone":null,"visit_count":2,)"
        R"("identifiers":[{"system":"mrn","value":"1","limit":7},{"system":"x","value":"2","limit":9}],)"
        R"("roles":["admin","cashier"],"errors":[],"data":{"system":"a","value":"b","limit":7},)"
        R"("metadata":{"a":[1,2.50,"xA\n",{"b":null}],"c":1e2,"d":{}}})");
}

TEST_CASE("What is not given keeps its default, and absent patches stay absent", "[MODEL-10][core]") {
  const auto [object, errors] = read<Sample>(R"({"first_name":"J"})");
  CHECK(errors.empty());
  CHECK(object.limit == 50);
  CHECK(object.role == Role::nurse);
  CHECK(object.phone.absent());
  CHECK(object.metadata.text == "{}");
  CHECK(json_of(object).find("phone") == std::string::npos);

  const auto cleared = read<Sample>(R"({"first_name":"J","phone":null,"visit_count":0})").object;
  CHECK(cleared.phone.null());
  REQUIRE(cleared.visit_count.value_or_null());
  CHECK(*cleared.visit_count.value_or_null() == 0);
}

TEST_CASE("Field errors carry path and code", "[MODEL-7][MODEL-10][core]") {
  const auto errors = [](std::string_view text) { return brief(read<Sample>(text).errors); };
  CHECK(errors(R"({})") == "first_name required");
  CHECK(errors(R"({"first_name":null})") == "first_name null_not_allowed");
  CHECK(errors(R"({"first_name":"J","limit":null})") == "limit null_not_allowed");
  CHECK(errors(R"({"first_name":"J","identifiers":null,"metadata":null})") == "identifiers null_not_allowed");
  CHECK(errors(R"({"first_name":"J","first_name":"K"})") == "first_name duplicate_field");
  CHECK(errors(R"({"first_name":"J","zip":1,"data":{"system":"a","value":"b","vlaue":{"x":[{}]}}})") ==
        "zip unknown_field, data.vlaue unknown_field");
  CHECK(errors(R"({"first_name":"J","name_key":"j"})") == "name_key unknown_field");
  CHECK(errors(R"({"first_name":7,"limit":"7","dry_run":0,"from":1,"role":[1,[2]],"identifiers":{},"data":"x"})") ==
        "first_name wrong_type, limit wrong_type, dry_run wrong_type, from wrong_type, role wrong_type, "
        "identifiers wrong_type, data wrong_type");
  CHECK(errors(R"({"first_name":{"a":1},"phone":true,"birth_date":false,"errors":[1,"x",null]})") ==
        "first_name wrong_type, phone wrong_type, birth_date wrong_type, errors[0] wrong_type, errors[2] "
        "null_not_allowed");
  CHECK(errors(R"({"first_name":"J","identifiers":[{"system":"a","value":"b"},{"system":"a"},7]})") ==
        "identifiers[1].value required, identifiers[2] wrong_type");
  CHECK(errors(R"({"first_name":"J","from":"yesterday","birth_date":"2023-02-30","gender":"","role":"Nurse"})") ==
        "from invalid_format, birth_date invalid_format, gender unknown_word, role unknown_word");
}

TEST_CASE("Messages are sentences that help and hold no value", "[AUDIT-4][core]") {
  const auto message = [](std::string_view text) { return read<Sample>(text).errors.at(0).message; };
  CHECK(message(R"({})") == "`first_name` is required.");
  CHECK(message(R"({"first_name":"J","emial":"x@y.org"})") == "`emial` is no known field; did you mean `email`?");
  CHECK(message(R"({"first_name":"J","qqqqqqqq":1})") == "`qqqqqqqq` is no known field.");
  CHECK(message(R"({"first_name":4711})") == "`first_name` must be a text, not a number.");
  CHECK(message(R"({"first_name":"J","gender":"hen"})") == "`gender` must be `male`, `female`, `other` or `unknown`.");
  for (const auto& error : read<Sample>(R"({"first_name":["s3cret"],"limit":"s3cret","role":"s3cret","from":"s3cret",
         "birth_date":"s3cret","dry_run":"s3cret","identifiers":"s3cret","email":{"a":"s3cret"}})")
                               .errors)
    CHECK(error.message.find("s3cret") == std::string::npos);
}

TEST_CASE("Integers are exact", "[MODEL-10][core]") {
  const auto age = [](std::string number) {
    const auto result = read<Sample>(R"({"first_name":"J","age_years":)" + number + "}");
    return result.errors.empty() ? std::to_string(result.object.age_years.value()) : result.errors[0].code;
  };
  CHECK(age("0") == "0");
  CHECK(age("-0") == "0");
  CHECK(age("9007199254740991") == "9007199254740991");
  CHECK(age("-9007199254740991") == "-9007199254740991");
  CHECK(age("9007199254740992") == "out_of_range");
  CHECK(age("-9007199254740992") == "out_of_range");
  CHECK(age("9223372036854775808") == "out_of_range");
  CHECK(age("18446744073709551616") == "out_of_range");
  CHECK(age("123456789012345678901234567890") == "out_of_range");
  CHECK(age("1.5") == "wrong_type");
  CHECK(age("0.99999999999999999999") == "wrong_type");
  CHECK(age("1.0") == "1");
  CHECK(age("-12.50e1") == "-125");
  CHECK(age("1e3") == "1000");
  CHECK(age("0e999999999") == "0");
  CHECK(age("0.0e-5") == "0");
  CHECK(age("1e-2") == "wrong_type");
  CHECK(age("100e-2") == "1");
  CHECK(age("1e16") == "out_of_range");
  CHECK(age("1e300") == "out_of_range");
  CHECK(age("1e400") == "out_of_range");
  CHECK(age("1e999999999") == "out_of_range");
  CHECK(age("1e-999999999") == "wrong_type");
  CHECK(age("9007199254740991.0") == "9007199254740991");
  CHECK(age("9007199254740991.5") == "wrong_type");
  CHECK(age("9007199254740992.0") == "out_of_range");
}

TEST_CASE("What is no JSON object is malformed", "[MODEL-7][core]") {
  for (const char* text : {"",
                           " ",
                           "null",
                           "[]",
                           "[{}]",
                           "\"x\"",
                           "1",
                           "true",
                           "{",
                           "{}x",
                           "{} {}",
                           "{\"a\":}",
                           "{'a':1}",
                           "{\"a\":1,}",
                           "{\"first_name\":\"J\"",
                           "{\"first_name\":\"\\ud800\"}",
                           "{\"first_name\":\"\\udc00x\"}",
                           "{\"first_name\":\"\\ud800\\u0041\"}",
                           "{\"first_name\":\"a\nb\"}",
                           "{\"limit\":01}",
                           "{\"limit\":+1}",
                           "{\"limit\":NaN}",
                           "{\"limit\":1.}",
                           "{\"limit\":.5}",
                           "{\"limit\":1e99999999999}",
                           "{/**/}",
                           "\xEF\xBB\xBF{}"}) {
    CAPTURE(text);
    CHECK(refusal(text) == ErrorCode::malformed_json);
  }
  CHECK(refusal(R"({"metadata":)" + std::string(100000, '[')) == ErrorCode::malformed_json);
  CHECK(refusal(R"({"zip":)" + std::string(40, '[') + std::string(40, ']') + "}") == ErrorCode::malformed_json);
  CHECK(read<Sample>(R"({"first_name":"J","metadata":)" + std::string(30, '[') + std::string(30, ']') + "}")
            .errors.empty());
}

TEST_CASE("Escapes and surrogate pairs become UTF-8", "[MODEL-7][core]") {
  const auto result = read<Sample>(R"({"first_n\u0061me":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00 plain \u0000 end"})");
  CHECK(brief(result.errors).empty());
  CHECK(result.object.first_name == std::string("\"\\/\b\f\n\r\té😀 plain \0 end", 26));
}

TEST_CASE("Invalid UTF-8 is read, so that validation can name the field", "[MODEL-7][core]") {
  auto result = read<Sample>("{\"first_name\":\"a\xC3\x28\",\"identifiers\":[{\"system\":\"s\",\"value\":\"\xFF\"}]}");
  REQUIRE(result.errors.empty());
  CHECK(brief(check(result.object)) == "first_name invalid_utf8, identifiers[0].value invalid_utf8");
  // In names of fields and in free JSON it is refused at once.
  CHECK(brief(read<Sample>("{\"first_name\":\"J\",\"\xFF\":1}").errors) == "? unknown_field");
  CHECK(brief(read<Sample>("{\"first_name\":\"J\",\"metadata\":{\"a\":\"\xFF\"}}").errors) == "metadata invalid_utf8");
  CHECK(brief(read<Sample>(R"({"first_name":"J","metadata":["\u0000"]})").errors) == "metadata contains_nul");
  CHECK(brief(read<Sample>(R"({"first_name":"J","metadata":[1e999]})").errors) == "metadata out_of_range");
}

TEST_CASE("Aliases stand for fields and words", "[MODEL-6][core]") {
  const Aliases aliases{{{"firstName", "first_name"},
                         {"limit", "age_years"},
                         {"dob", "birth_date"},
                         {"gone", "nowhere"},
                         {"key", "name_key"}},
                        {{"MALE", "male"}, {"RECEPTIONIST", "receptionist"}, {"nurse", "doctor"}, {"odd", "even"}}};
  auto result =
      read<Sample>(R"({"firstName":"J","limit":5,"dob":"1980-01-02","gender":"MALE","role":"RECEPTIONIST"})", aliases);
  CHECK(brief(result.errors).empty());
  CHECK(result.object.first_name == "J");
  CHECK(result.object.limit == 5);  // a field of that name wins over the alias
  CHECK(!result.object.age_years);
  CHECK(result.object.birth_date);
  CHECK(result.object.gender == Gender::male);
  CHECK(result.object.role == Role::receptionist);
  CHECK(read<Sample>(R"({"first_name":"J","role":"nurse"})", aliases).object.role == Role::nurse);

  const auto errors = [&](std::string_view text) { return brief(read<Sample>(text, aliases).errors); };
  CHECK(errors(R"({"firstName":"J","first_name":"J"})") == "first_name duplicate_field");
  CHECK(errors(R"({"first_name":"J","firstName":"J"})") == "first_name duplicate_field");
  CHECK(errors(R"({"first_name":"J","gone":1,"key":"x"})") == "gone unknown_field, key unknown_field");
  CHECK(errors(R"({"first_name":"J","gender":"Male"})") == "gender unknown_word");
  CHECK(errors(R"({"first_name":"J","gender":"odd"})") == "gender unknown_word");
}

TEST_CASE("Rubbish does not grow into a long answer", "[HTTP-3][core]") {
  std::string text = "{\"first_name\":\"J\"";
  for (int i = 0; i < 10000; ++i)
    text += ",\"k" + std::to_string(i) + "\":[{}]";
  CHECK(read<Sample>(text + "}").errors.size() == 100);
  const std::string name(10000, 'x');
  CHECK(read<Sample>("{\"first_name\":\"J\",\"" + name + "\":1}").errors.at(0).path.size() < 100);
}

TEST_CASE("Secret fields are written on demand, internal ones never", "[AUDIT-4][core]") {
  Sample sample;
  sample.password = "hunter2";
  sample.name_key = "key";
  CHECK(json_of(sample, WriteSecrets::no).find("password") == std::string::npos);
  CHECK(json_of(sample, WriteSecrets::yes).find("hunter2") != std::string::npos);
  CHECK(json_of(sample, WriteSecrets::yes).find("name_key") == std::string::npos);

  User user;
  user.password_hash = "$2b$12$hash";
  CHECK(json_of(user, WriteSecrets::yes).find("$2b$") == std::string::npos);
  SingleUseToken token;
  token.token_hash = "abcdef";
  CHECK(json_of(token, WriteSecrets::yes).find("abcdef") == std::string::npos);
}

TEST_CASE("The writer writes JSON, whatever it is given", "[core]") {
  std::string out;
  write_json_string(std::string_view("a\0\x1f\x7f\"\\\b\f\n\r\té😀\xFF\xC3z\xED\xA0\x80\xE2\x82", 26), out);
  CHECK(boost::json::parse(out).is_string());
  CHECK(out.starts_with("\"a\\u0000\\u001f\x7f\\\"\\\\\\b\\f\\n\\r\\té😀\uFFFD\uFFFDz"));

  Sample sample;
  sample.role = static_cast<Role>(99);
  sample.metadata.text.clear();
  sample.from = Timestamp::max();
  sample.birth_date = Date(std::chrono::year(-5), std::chrono::month(1), std::chrono::day(1));
  const auto object = boost::json::parse(json_of(sample)).as_object();
  CHECK(object.at("role").is_null());
  CHECK(object.at("metadata").is_null());
  CHECK(object.at("from") == "9999-12-31T23:59:59.999Z");
}

TEST_CASE("Naughty strings go through byte for byte", "[MODEL-7][MODEL-11][core]") {
  const auto strings = naughty_strings();
  REQUIRE(strings.size() > 400);
  std::size_t kept = 0;
  for (const auto& text : strings) {
    CAPTURE(text);
    Sample sample;
    sample.first_name = "x";
    sample.address = text;
    sample.errors.push_back(text + "x");
    const auto json = json_of(sample);
    CHECK(boost::json::parse(json).at("address").as_string() == text);
    auto back = read<Sample>(json);
    CHECK(back.errors.empty());
    const auto refused = brief(check(back.object));
    if (code_points(text) > 500)
      CHECK(refused == "address too_long");
    else if (!fault_of_text(text, TextKind::lines).empty())
      CHECK(refused == "address control_character");
    else
      CHECK(refused.empty());
    if (refused.empty()) ++kept;
    CHECK(back.object.address == (text.empty() ? std::nullopt : std::optional(text)));
    CHECK(back.object.errors.at(0) == text + "x");
  }
  CHECK(kept > strings.size() - 10);
}

TEMPLATE_LIST_TEST_CASE("Every record survives the way through JSON", "[MODEL-7][MODEL-10][core]", Records) {
  Randomizer random(20261121);
  for (int i = 0; i < 200; ++i) {
    TestType record;
    random.fill(describe<TestType>(), &record);
    CAPTURE(json_of(record));
    CHECK(brief(check(record)).empty());
    auto back = read<TestType>(json_of(record));
    CHECK(brief(back.errors).empty());
    CHECK(brief(check(back.object)).empty());
    CHECK(same(describe<TestType>(), &record, &back.object));
    CHECK(json_of(back.object) == json_of(record));
  }
}

TEST_CASE("So does a struct with lists, patches and objects", "[MODEL-10][core]") {
  Randomizer random(7);
  for (int i = 0; i < 2000; ++i) {
    Sample sample;
    random.fill(describe<Sample>(), &sample);
    CAPTURE(json_of(sample));
    CHECK(brief(check(sample)).empty());
    auto back = read<Sample>(json_of(sample));
    CHECK(brief(back.errors).empty());
    CHECK(same(describe<Sample>(), &sample, &back.object));
  }
}

TEST_CASE("Damaged JSON is refused or reported, never a crash", "[core]") {
  Randomizer random(99);
  Sample sample;
  random.fill(describe<Sample>(), &sample);
  for (int i = 0; i < 20000; ++i) {
    if (i % 100 == 0) {
      sample = {};
      random.fill(describe<Sample>(), &sample);
    }
    auto text = json_of(sample);
    for (auto hits = random.between(1, 4); hits > 0; --hits) {
      const auto at = static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(text.size()) - 1));
      switch (random.between(0, 2)) {
        case 0:
          text[at] = static_cast<char>(random.between(-128, 127));
          break;
        case 1:
          text.erase(at, static_cast<std::size_t>(random.between(1, 5)));
          break;
        default:
          text.insert(at, 1, "{}[]\",:\\0e-"[random.between(0, 10)]);
      }
      if (text.empty()) text = "{";
    }
    try {
      auto result = read<Sample>(text);
      std::vector<FieldError> errors = result.errors;
      validate(describe<Sample>(), &result.object, errors);
      // What has come through without an error is as good as any.
      if (errors.empty()) CHECK(boost::json::parse(json_of(result.object)).is_object());
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::malformed_json);
    }
  }
}

TEST_CASE("A mistyped word finds its neighbour", "[core]") {
  const std::vector<std::string_view> words{"email", "first_name", "last_name", "phone"};
  CHECK(suggestion("emial", words) == "email");
  CHECK(suggestion("firstName", words) == "first_name");
  CHECK(suggestion("LAST_NAME", words) == "last_name");
  CHECK(suggestion("phon", words) == "phone");
  CHECK(suggestion("zebra", words).empty());
  CHECK(suggestion("", words).empty());
  CHECK(suggestion(std::string(1000, 'e'), words).empty());
}
