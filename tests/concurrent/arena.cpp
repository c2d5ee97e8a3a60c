#include "arena.hpp"
#include "support/folders.hpp"

#include "support/process.hpp"

#include <algorithm>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>

namespace clinic::test {
namespace {

/// Of each process. Less than there are threads, so that they wait for connections as well, and a server has enough for
/// the processes of two tests at once; their turn may come late.
constexpr const char* connections = "pool=8&pool_timeout=120000";

Answers race_threads(const Plan& plan) {
  std::optional<Clinic> clinic;
  if (!plan.open_each) clinic = open_clinic(plan);
  Answers answers;
  std::mutex mutex;
  run_calls(plan, clinic ? &*clinic : nullptr, [&](const Answer& answer) {
    std::lock_guard lock(mutex);
    answers.all.push_back(answer);
  });
  return answers;
}

std::vector<Answer> listen(Process& process) {
  std::vector<Answer> answers;
  while (auto line = process.line())
    answers.push_back(answer_from(*line));
  return answers;
}

Answers race_processes(Plan plan) {
  std::vector<std::unique_ptr<Process>> processes;
  for (plan.process = 0; plan.process < plan.processes; ++plan.process) {
    processes.push_back(std::make_unique<Process>(std::vector<std::string>{test::race_worker(), "run"}));
    processes.back()->say(to_line(plan));
  }
  for (auto& process : processes)
    if (process->line() != "ready") throw std::runtime_error("a process did not get ready");
  for (auto& process : processes)
    process->say("go");
  std::vector<std::future<std::vector<Answer>>> listeners;
  for (auto& process : processes)
    listeners.push_back(std::async(std::launch::async, listen, std::ref(*process)));
  Answers answers;
  for (auto& listener : listeners)
    for (auto& answer : listener.get())
      answers.all.push_back(std::move(answer));
  for (auto& process : processes)
    if (const int code = process->wait(); code != 0)
      throw std::runtime_error("a process ended with " + std::to_string(code));
  return answers;
}

}  // namespace

std::vector<Answer> Answers::with(const std::string& code) const {
  std::vector<Answer> chosen;
  std::copy_if(all.begin(), all.end(), std::back_inserter(chosen),
               [&](const auto& answer) { return answer.code == code; });
  return chosen;
}

std::map<std::string, std::size_t> Answers::codes() const {
  std::map<std::string, std::size_t> codes;
  for (const auto& answer : all)
    ++codes[answer.code];
  return codes;
}

std::string Answers::summary() const {
  std::string summary;
  for (const auto& [code, count] : codes())
    summary += std::to_string(count) + " " + code + ", as " + with(code).front().text + "\n";
  return summary;
}

Plan Arena::plan(std::string profile, std::string policy) const {
  auto plan = plan_on(database_, connections);
  plan.profile = std::move(profile);
  policy.insert(1, policy.size() > 2 ? R"("password_hash_cost":4,)" : R"("password_hash_cost":4)");
  plan.policy = std::move(policy);
  plan.processes = processes_;
  plan.threads = threads_;
  return plan;
}

Answer Arena::alone(const Plan& plan, const std::string& operation, const std::string& request) const {
  return call(session(open_clinic(plan)), operation, request);
}

Answers Arena::race(Plan plan) const {
  auto answers = plan.processes == 1 ? race_threads(plan) : race_processes(plan);
  const auto expected = static_cast<std::size_t>(plan.processes * plan.threads * plan.calls);
  if (answers.all.size() != expected && !plan.open_each)
    throw std::runtime_error("calls without an answer: " + std::to_string(answers.all.size()) + " of " +
                             std::to_string(expected));
  return answers;
}

}  // namespace clinic::test
