#include "described.hpp"
#include "support/catch.hpp"

#include <boost/json.hpp>

#include <set>

using namespace clinic;
using namespace clinic::test;

namespace {

boost::json::object schema(const TypeDescription& type, SchemaOf direction) {
  return boost::json::parse(json_schema(type, direction)).as_object();
}

std::set<std::string> names(const boost::json::value& array) {
  const auto list = boost::json::value_to<std::vector<std::string>>(array);
  return {list.begin(), list.end()};
}

boost::json::value json(std::string_view text) { return boost::json::parse(text); }

}  // namespace

TEST_CASE("The schema of a request says what the reader and the validation ask for", "[HTTP-2][core]") {
  const auto root = schema(describe<Sample>(), SchemaOf::request);
  CHECK(root.at("$schema") == "https://json-schema.org/draft/2020-12/schema");
  CHECK(root.at("title") == "Sample");
  CHECK(root.at("type") == "object");
  CHECK(root.at("additionalProperties") == false);
  CHECK(names(root.at("required")) == std::set<std::string>{"first_name"});
  const auto& properties = root.at("properties").as_object();
  CHECK(properties.size() == describe<Sample>().fields.size() - 1);  // without name_key
  CHECK(properties.at("first_name") ==
        json(R"({"description":"Given name","type":"string","maxLength":100,"minLength":1,"pattern":"\\S"})"));
  CHECK(properties.at("email").at("type") == json(R"(["string","null"])"));
  CHECK(properties.at("email").at("format") == "email");
  CHECK(properties.at("from").at("format") == "date-time");
  CHECK(properties.at("birth_date").at("format") == "date");
  CHECK(properties.at("password").at("format") == "password");
  CHECK(
      properties.at("limit") ==
      json(
          R"({"description":"How many to answer at the most","type":"integer","minimum":1,"maximum":500,"default":50})"));
  CHECK(properties.at("dry_run").at("default") == false);
  CHECK(properties.at("role").at("default") == "nurse");
  CHECK(properties.at("gender").at("enum") == json(R"(["male","female","other","unknown",null])"));
  CHECK(properties.at("phone").at("type") == json(R"(["string","null"])"));
  CHECK(!properties.at("phone").as_object().contains("default"));
  CHECK(properties.at("identifiers").at("items").at("additionalProperties") == false);
  CHECK(names(properties.at("identifiers").at("items").at("required")) == std::set<std::string>{"system", "value"});
  CHECK(properties.at("identifiers").at("items").at("properties").at("limit").at("default") == 7);
  CHECK(properties.at("data").at("type") == json(R"(["object","null"])"));
  CHECK(!properties.at("metadata").as_object().contains("type"));  // any value
  CHECK(properties.at("metadata").at("default") == json("{}"));
}

TEMPLATE_LIST_TEST_CASE("The schema of an answer has every field that is written", "[HTTP-2][core]", Records) {
  const auto root = schema(describe<TestType>(), SchemaOf::response);
  const auto written = boost::json::parse(json_of(TestType())).as_object();
  std::set<std::string> fields;
  for (const auto& member : written)
    fields.insert(member.key());
  CHECK(names(root.at("required")) == fields);
  CHECK(root.at("properties").as_object().size() == fields.size());
  for (const auto& property : root.at("properties").as_object()) {
    CAPTURE(std::string(property.key()));
    CHECK(fields.contains(property.key()));
    CHECK(!property.value().at("description").as_string().empty());
    CHECK(!property.value().as_object().contains("default"));
  }
}

TEST_CASE("Patches need not be in an answer", "[HTTP-2][core]") {
  const auto required = names(schema(describe<Sample>(), SchemaOf::response).at("required"));
  CHECK(required.contains("last_name"));
  CHECK(!required.contains("phone"));
  CHECK(!required.contains("name_key"));
}
