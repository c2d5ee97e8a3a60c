#include "support/scenario.hpp"
#include "support/folders.hpp"

#include "support/catch.hpp"
#include "support/temp_folder.hpp"
#include "support/test_database.hpp"

#include <filesystem>
#include <sstream>
#include <stdexcept>

namespace clinic::test {
namespace {

namespace json = boost::json;

std::string text_at(const json::object& object, std::string_view key, std::string otherwise = {}) {
  const auto* found = object.if_contains(key);
  return found ? std::string(found->as_string()) : otherwise;
}

const json::value& value_at(const json::object& object, std::string_view key, const json::value& otherwise) {
  const auto* found = object.if_contains(key);
  return found ? *found : otherwise;
}

/// One run of a scenario: under one policy, on one database.
class Run {
 public:
  Run(const json::object& variant, ScenarioDriver& driver)
      : driver_(driver), variables_(value_at(variant, "variables", json::object()).as_object()) {
    variables_["backend"] = word(database_.backend());
    auto policy = value_at(variant, "policy", json::object()).as_object();
    policy.emplace("password_hash_cost", 4);
    json::object configuration{{"storage", database_.url()},
                               {"profile", text_at(variant, "profile", "standard")},
                               {"policy", policy},
                               {"plugin_directories", {test::plugin_folder()}},
                               {"log_level", "off"}};
    // Served by the notifier of tests/plugins, when the scenario says so.
    if (const auto* channels = variant.if_contains("notifiers")) {
      configuration["plugin_directories"].as_array().emplace_back(test::test_plugin_folder());
      for (const auto& channel : channels->as_array())
        configuration.emplace("notifiers", json::array())
            .first->value()
            .as_array()
            .push_back({{"channel", channel}, {"url", "notifier:" + sent_file()}});
      configuration["dispatch_messages"] = false;
    }
    if (const auto key = database_.master_key()) configuration["master_key"] = *key;
    configuration_ = json::serialize(configuration);
    driver_.open(configuration_);
  }
  ~Run() { driver_.close(); }

  void step(const json::object& step) {
    if (step.contains("reopen")) driver_.open(configuration_);
    if (step.contains("sql")) sql(step);
    if (step.contains("sent")) sent(step);
    if (!step.contains("call")) return;
    if (const auto* requests = step.if_contains("requests"))
      for (const auto& request : requests->as_array())
        call(step, request);
    else
      call(step, value_at(step, "request", json::object()));
  }

 private:
  void sql(const json::object& step) {
    const auto& written = step.at("sql");
    const auto statements =
        substituted(written.is_object() ? written.at(word(database_.backend())) : written, variables_);
    INFO(statements);
    const json::value rows = database_.rows(std::string(statements.as_string()));
    if (const auto* expected = step.if_contains("rows")) compare(*expected, rows);
    if (!step.contains("call") && !step.contains("sent")) save(step, rows);
  }

  std::string sent_file() const { return folder_.file("sent"); }

  /// What the notifier has sent since the last look.
  void sent(const json::object& step) {
    ScenarioCall dispatch{"scenario", std::nullopt, {}, "notifications.dispatch", "{}", {}, {}};
    REQUIRE(driver_.call(dispatch).done);
    json::array messages;
    std::istringstream lines(contents(sent_file()));
    for (std::string line; std::getline(lines, line);)
      messages.push_back(json::parse(line));
    std::filesystem::remove(sent_file());
    compare(step.at("sent"), messages);
    if (!step.contains("call")) save(step, messages);
  }

  void call(const json::object& step, const json::value& request) {
    ScenarioCall call{text_at(step, "actor", "scenario"),
                      std::nullopt,
                      std::string(substituted(json::value(text_at(step, "token")), variables_).as_string()),
                      text_at(step, "call"),
                      json::serialize(substituted(request, variables_)),
                      text_at(step, "key"),
                      text_at(step, "origin")};
    if (step.contains("as")) call.role = text_at(step, "as");
    INFO(call.operation << " " << call.request);
    const auto reply = driver_.call(call);
    INFO(reply.json);
    const auto answer = json::parse(reply.json);
    if (const auto* error = step.if_contains("error")) {
      CHECK_FALSE(reply.done);
      compare(*error, answer);
    } else {
      REQUIRE(reply.done);
      if (const auto* expected = step.if_contains("expect")) compare(*expected, answer);
    }
    save(step, answer);
  }

  void compare(const json::value& expected, const json::value& actual) {
    for (const auto& line : differences(substituted(expected, variables_), &actual))
      FAIL_CHECK(line);
  }

  void save(const json::object& step, const json::value& answer) {
    const auto saved = value_at(step, "save", json::object());
    for (const auto& [name, path] : saved.as_object()) {
      const auto* found = at_path(answer, path.as_string());
      if (!found) throw std::runtime_error("there is no " + std::string(path.as_string()) + " to save");
      variables_[name] = *found;
    }
  }

  TempFolder folder_;
  TestDatabase database_;
  ScenarioDriver& driver_;
  Variables variables_;
  std::string configuration_;
};

}  // namespace

void run_scenario(const std::string& name, ScenarioDriver& driver) {
  const auto file = (test::data_folder() + "/scenarios/").append(name).append(".json");
  const auto scenario = json::parse(contents(file)).as_object();
  for (const auto& variant : scenario.at("variants").as_array()) {
    Run run(variant.as_object(), driver);
    std::size_t number = 0;
    for (const auto& step : scenario.at("steps").as_array()) {
      ++number;
      INFO(name << ", " << json::serialize(variant) << ", step " << number << " "
                << text_at(step.as_object(), "title"));
      run.step(step.as_object());
    }
  }
}

}  // namespace clinic::test
