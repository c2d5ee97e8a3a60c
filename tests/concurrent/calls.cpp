#include "calls.hpp"
#include "support/folders.hpp"

#include <boost/algorithm/string/replace.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <latch>
#include <optional>
#include <thread>

namespace clinic::test {

Plan plan_on(const TestDatabase& database, const std::string& options) {
  Plan plan;
  plan.storage = database.url(options);
  plan.master_key = database.master_key().value_or("");
  return plan;
}

std::string to_line(const Plan& plan) { return boost::json::serialize(boost::json::value_from(plan)); }
Plan plan_from(const std::string& line) { return boost::json::value_to<Plan>(boost::json::parse(line)); }

std::string to_line(const Answer& answer) {
  return std::to_string(answer.index) + '\t' + answer.operation + '\t' + answer.code + '\t' + answer.text + '\n';
}

Answer answer_from(const std::string& line) {
  std::vector<std::string> parts;
  boost::algorithm::split(parts, line, [](char c) { return c == '\t'; });
  return {std::stoi(parts.at(0)), parts.at(1), parts.at(2), parts.at(3)};
}

int soak(int usual) {
  const char* factor = std::getenv("CLINIC_SOAK");
  return std::max(1, static_cast<int>(usual * (factor && *factor ? std::atof(factor) : 1.0)));
}

Clinic open_clinic(const Plan& plan) {
  Configuration configuration;
  configuration.storage = plan.storage;
  if (!plan.master_key.empty()) configuration.master_key = plan.master_key;
  configuration.profile = plan.profile;
  configuration.policy.text = plan.policy;
  configuration.plugin_directories = {test::plugin_folder()};
  configuration.log_level = LogLevel::off;
  return Clinic::open(configuration);
}

Session session(const Clinic& clinic) { return clinic.act_as(Actor::system("race")); }

Answer call(const Session& session, const std::string& operation, const std::string& request, const std::string& key) {
  Answer answer;
  answer.operation = operation;
  try {
    answer.text = session.call(operation, request, {.idempotency_key = key});
    answer.code = "done";
  } catch (const Error& error) {
    answer.text = error.to_json();
    answer.code = info(error.code()).word;
  }
  return answer;
}

void run_calls(const Plan& plan, const Clinic* clinic, const std::function<void(const Answer&)>& answered) {
  std::latch begin(plan.threads);
  const auto work = [&](int thread) {
    begin.arrive_and_wait();
    std::optional<Clinic> own;
    if (plan.open_each) {
      try {
        own = open_clinic(plan);
      } catch (const Error& error) {
        answered({-1, "open", std::string(info(error.code()).word), error.to_json()});
        return;
      }
    }
    const auto acting = session(own ? *own : *clinic);
    const int kinds = static_cast<int>(plan.mix.size());
    for (int k = 0; k < plan.calls; ++k) {
      const int local = thread + k * plan.threads;
      const auto& planned = plan.mix[static_cast<std::size_t>((local + plan.process) % kinds)];
      const int index = plan.process * plan.threads * plan.calls + local;
      const auto filled_in = [&](std::string text) {
        boost::algorithm::replace_all(text, "{i}", std::to_string(index));
        boost::algorithm::replace_all(text, "{p}", std::to_string(local / kinds));
        return text;
      };
      auto answer = call(acting, planned.operation, filled_in(planned.request), filled_in(planned.key));
      answer.index = index;
      answered(answer);
    }
  };
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < plan.threads; ++thread)
    threads.emplace_back(work, thread);
}

}  // namespace clinic::test
