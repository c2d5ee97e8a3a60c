#include "messages/outputs.hpp"
#include "messages/template_program.hpp"
#include "support/catch.hpp"

#include <boost/json.hpp>

#include <string>
#include <vector>

using namespace clinic;

namespace {

constexpr MessageVariable variables[]{
    {.name = "name", .type = VariableType::text, .sample = "", .help = ""},
    {.name = "nickname", .type = VariableType::text, .sample = "", .help = "", .optional = true},
    {.name = "site", .type = VariableType::url, .sample = "", .help = ""},
    {.name = "born", .type = VariableType::date, .sample = "", .help = ""},
    {.name = "at", .type = VariableType::datetime, .sample = "", .help = ""},
    {.name = "price", .type = VariableType::money, .sample = "", .help = ""},
    {.name = "count", .type = VariableType::count, .sample = "", .help = ""},
    {.name = "code", .type = VariableType::secret, .sample = "", .help = ""},
    {.name = "doctor", .type = VariableType::text, .sample = "", .help = "", .clinical = true},
};

/// The mistakes of a text, each as `line:column code`.
std::vector<std::string> faults(std::string_view text, const TemplatePlace& place = {}, const char* language = "en") {
  std::vector<TemplateFault> found;
  const LanguageFormats formats(language);
  const TemplateProgram program(text, 10, variables, formats, place, found);
  std::vector<std::string> out;
  out.reserve(found.size());
  for (const auto& fault : found)
    out.push_back(std::to_string(fault.line) + ":" + std::to_string(fault.column) + " " + std::string(fault.code));
  return out;
}

std::string rendered(std::string_view text, const char* values, const char* language = "en",
                     const char* zone = "Africa/Nairobi") {
  std::vector<TemplateFault> found;
  const LanguageFormats formats(language);
  const TemplateProgram program(text, 1, variables, formats, {}, found);
  for (const auto& fault : found)
    FAIL(fault.message);
  std::string out;
  PlainOutput output(out, formats.right_to_left());
  const TimeZone time_zone(zone);
  program.render(boost::json::parse(values).as_object(), formats, {time_zone, "KES"}, output);
  return out;
}

/// The field and the code of a refused rendering.
std::string refused_rendering(std::string_view text, const char* values) {
  try {
    rendered(text, values);
  } catch (const Error& error) {
    REQUIRE(error.code() == ErrorCode::validation_failed);
    return error.fields().at(0).path + " " + error.fields().at(0).code;
  }
  return "rendered";
}

using Faults = std::vector<std::string>;

}  // namespace

TEST_CASE("Sections of a template", "[NOTE-4][core]") {
  const auto* text = "Hello{{#nickname}} {{nickname}}{{/nickname}}{{^nickname}} you{{/nickname}}!";
  CHECK(rendered(text, R"({"nickname":"Jo"})") == "Hello Jo!");
  for (const auto* none : {"{}", R"({"nickname":""})", R"({"nickname":null})", R"({"nickname":false})"})
    CHECK(rendered(text, none) == "Hello you!");
  // A tag alone on its line is no line.
  CHECK(rendered("a\n  {{# count }}  \nb\n{{/count}}\nc", R"({"count":1})") == "a\nb\nc");
  CHECK(rendered("a\n{{#count}}\nb\n{{/count}}\nc", R"({"count":0})") == "a\nc");
  // What a value holds is not looked at again.
  CHECK(rendered("{{name}}", R"({"name":"{{code}} {{#name}}"})") == "{{code}} {{#name}}");
  CHECK(rendered("{ {name} }", "{}") == "{ {name} }");
}

TEST_CASE("A template's mistakes are found where they are", "[NOTE-4][core]") {
  CHECK(faults("{{name}}, {{ site }}").empty());
  CHECK(faults("a\nمرحبا {{nme}}") == Faults{"11:7 unknown_word"});
  CHECK(faults("{{&name}}") == Faults{"10:1 unknown_word"});
  CHECK(faults("x {{name\n}}") == Faults{"10:3 invalid_format", "11:1 invalid_format"});
  CHECK(faults("x }} y") == Faults{"10:3 invalid_format"});
  CHECK(faults("{{#name}}\n{{^count}}\n{{/count}}") == Faults{"10:1 invalid_format"});
  CHECK(faults("{{/name}}") == Faults{"10:1 invalid_format"});
  CHECK(faults("{{#name}}{{/count}}") == Faults{"10:10 invalid_format"});
  CHECK(faults("{{name|upper}}") == Faults{"10:1 unknown_word"});
  CHECK(faults("{{name|date}} {{born|time}} {{count|money}} {{price|plural:one=a;other=b}}") ==
        Faults{"10:1 wrong_type", "10:15 wrong_type", "10:29 wrong_type", "10:45 wrong_type"});
  // What may be empty is used where it is not.
  CHECK(faults("Hello {{nickname}}") == Faults{"10:7 not_allowed"});
  CHECK(faults("{{^nickname}}{{nickname}}{{/nickname}}") == Faults{"10:14 not_allowed"});
  CHECK(faults("{{code}}{{doctor}}", {.secrets = false}) == Faults{"10:1 not_allowed"});
  CHECK(faults("{{code}}{{doctor}}", {.clinical = false}) == Faults{"10:9 not_allowed"});

  std::string deep, end;
  for (std::size_t i = 0; i < TemplateProgram::deepest; ++i) {
    deep += "{{#name}}";
    end += "{{/name}}";
  }
  CHECK(faults(deep + end).empty());
  CHECK(faults("{{#name}}" + deep + end + "{{/name}}") == Faults{"10:73 too_long"});
}

TEST_CASE("Plural forms of a template", "[NOTE-4][core]") {
  const auto* arabic = "{{count|plural:zero=z;one=o;two=t;few=# f;many=# m;other=# x}}";
  const auto shown = [&](int count) {
    return rendered(arabic, ("{\"count\":" + std::to_string(count) + "}").c_str(), "ar");
  };
  CHECK(shown(0) == "z");
  CHECK(shown(1) == "o");
  CHECK(shown(2) == "t");
  CHECK(shown(3) == "٣ f");
  CHECK(shown(10) == "١٠ f");
  CHECK(shown(11) == "١١ m");
  CHECK(shown(99) == "٩٩ m");
  CHECK(shown(100) == "١٠٠ x");
  CHECK(shown(103) == "١٠٣ f");
  CHECK(faults("{{count|plural:one=o;two=t;few=f;many=m;other=x}}", {}, "ar") == Faults{"10:1 required"});

  CHECK(rendered("{{count|plural:one=# day;other=# days}}", R"({"count":1})") == "1 day");
  CHECK(rendered("{{count|plural:one=# day;other=# days}}", R"({"count":12345})") == "12,345 days");
  CHECK(rendered("{{count|plural:other=# hari}}", R"({"count":1})", "id") == "1 hari");
  CHECK(faults("{{count|plural:other=# hari}}", {}, "id").empty());
  CHECK(faults("{{count|plural:other=#}}") == Faults{"10:1 required"});
  CHECK(faults("{{count|plural:one=#}}") == Faults{"10:1 required"});
  CHECK(faults("{{count|plural:one=#;few=#;other=#}}") == Faults{"10:1 not_applicable"});
  CHECK(faults("{{count|plural:one=#;some=#;other=#}}") == Faults{"10:1 unknown_word"});
  CHECK(faults("{{count|plural:one=#;one=#;other=#}}") == Faults{"10:1 duplicate"});
  CHECK(faults("{{count|plural:one=#;other}}") == Faults{"10:1 invalid_format", "10:1 required"});
  // French has a form for millions that needs no words of its own.
  CHECK(faults("{{count|plural:one=#;other=#}}", {}, "fr").empty());
}

TEST_CASE("Dates, times and money in a language and a time zone", "[NOTE-4][core]") {
  const auto* at = R"({"at":"2026-12-01T07:30:00Z"})";
  CHECK(rendered("{{at}}", at) == "Tuesday, December 1, 2026 at 10:30 AM");
  CHECK(rendered("{{at|date}}, {{at|time}}", at) == "Tuesday, December 1, 2026, 10:30 AM");
  CHECK(rendered("{{at|datetime}}", at, "id") == "Selasa, 1 Desember 2026 pukul 10.30");
  CHECK(rendered("{{at|datetime}}", at, "ar-EG", "Africa/Cairo") == "الثلاثاء، ١ ديسمبر ٢٠٢٦ في ٩:٣٠ ص");
  CHECK(rendered("{{at|date}}", at, "en-GB", "Pacific/Auckland") == "Tuesday, 1 December 2026");
  CHECK(rendered("{{at|date}}", R"({"at":1764574200000})") == "Monday, December 1, 2025");
  // The day of the clinic's own zone; the Gregorian calendar where another one is the custom.
  CHECK(rendered("{{at|date}}", R"({"at":"2026-12-01T23:30:00Z"})") == "Wednesday, December 2, 2026");
  CHECK(rendered("{{at|date}}", at, "ar-SA").find("٢٠٢٦") != std::string::npos);
  CHECK(rendered("{{born}} {{born|date}}", R"({"born":"1990-01-31"})", "en", "America/New_York") ==
        "Wednesday, January 31, 1990 Wednesday, January 31, 1990");

  CHECK(rendered("{{price}}", R"({"price":{"minor_units":125050,"currency":"KES"}})") == "KES 1,250.50");
  CHECK(rendered("{{price|money}}", R"({"price":-5})", "en") == "-KES 0.05");
  CHECK(rendered("{{price}}", R"({"price":{"minor_units":15000000,"currency":"IDR"}})", "id") == "Rp 150.000,00");
  CHECK(rendered("{{price}}", R"({"price":{"minor_units":1500,"currency":"JPY"}})") == "¥1,500");
  CHECK(rendered("{{price}}", R"({"price":{"minor_units":1500,"currency":"KWD"}})") == "KWD 1.500");
  // Of minor units that are out of use, none is shown unless there are some.
  CHECK(rendered("{{price}}", R"({"price":{"minor_units":1250000,"currency":"IQD"}})") == "IQD 1,250");
  CHECK(rendered("{{price}}", R"({"price":{"minor_units":1250500,"currency":"IQD"}})") == "IQD 1,250.5");
}

TEST_CASE("A value that is missing or of another form is named", "[NOTE-4][core]") {
  CHECK(refused_rendering("{{name}}", "{}") == "name required");
  CHECK(refused_rendering("{{name}}", R"({"name":null})") == "name required");
  CHECK(refused_rendering("{{name}}", R"({"name":""})") == "name required");
  CHECK(refused_rendering("{{name}}", R"({"name":5})") == "name wrong_type");
  for (const auto* site : {"/login", "javascript:alert(1)", "https://", "https:///x", "https://a b", "https://a\\\"b",
                           "https://a\\nb", "//example.org", "data:text/html,x"})
    CHECK(refused_rendering("{{site}}", (std::string(R"({"site":")") + site + "\"}").c_str()) == "site invalid_format");
  CHECK(refused_rendering("{{born}}", R"({"born":"31.1.1990"})") == "born invalid_format");
  CHECK(refused_rendering("{{at}}", R"({"at":"2026-12-01"})") == "at invalid_format");
  CHECK(refused_rendering("{{at}}", R"({"at":9223372036854775807})") == "at invalid_format");
  CHECK(refused_rendering("{{count}}", R"({"count":-1})") == "count wrong_type");
  CHECK(refused_rendering("{{count}}", R"({"count":1.5})") == "count wrong_type");
  CHECK(refused_rendering("{{price}}", R"({"price":{"minor_units":1,"currency":"kes"}})") == "price wrong_type");
  CHECK(refused_rendering("{{price}}", R"({"price":{"currency":"KES"}})") == "price wrong_type");
}

TEST_CASE("Values stay on their line and on their side", "[NOTE-4][core]") {
  const auto* text = "{{name}}";
  CHECK(rendered(text, R"({"name":"a\r\nBcc: b\u0000\u2028c\td"})") == "a  Bcc: b  c d");
  CHECK(rendered(text, R"({"name":"a\u202Eb\u2066c"})") == "abc");
  // In a text from the right, a number keeps its + on the left. Secrets and addresses are copied: they get no mark.
  CHECK(rendered(text, R"({"name":"+254 700"})", "ar") == "\u200E+254 700");
  CHECK(rendered(text, R"json({"name":"a (b)"})json", "ar") == "a (b)\u200E");
  CHECK(rendered(text, R"({"name":"+محمد"})", "ar") == "+محمد");
  CHECK(rendered(text, R"({"name":"+254 700"})", "en") == "+254 700");
  CHECK(rendered("{{code}}{{site}}", R"({"code":"-x-","site":"https://a.b/?c="})", "ar") == "-x-https://a.b/?c=");
}
