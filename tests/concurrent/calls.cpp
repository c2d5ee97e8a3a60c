#include "calls.hpp"
#include "support/folders.hpp"

#include <boost/algorithm/string/replace.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <latch>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

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

Clinic open_clinic(const Plan& plan) {
  Configuration configuration;
  configuration.storage = plan.storage;
  if (!plan.master_key.empty()) configuration.master_key = plan.master_key;
  configuration.profile = plan.profile;
  configuration.policy.text = plan.policy;
  configuration.plugin_directories = {test::plugin_folder()};
  if (!plan.sent.empty()) {
    configuration.plugin_directories.push_back(test::test_plugin_folder());
    configuration.notifiers = {{.channel = MessageChannel::sms, .url = "notifier:" + plan.sent}};
    configuration.dispatch_messages = false;
  }
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

namespace {

/// Held by whoever waits for a code of that phone, in whichever process: which code is whose cannot be seen.
class PhoneInUse {
 public:
  explicit PhoneInUse(const std::string& file) : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (descriptor_ < 0 || ::flock(descriptor_, LOCK_EX) != 0) throw std::runtime_error("a phone cannot be locked");
  }
  ~PhoneInUse() { ::close(descriptor_); }
  PhoneInUse(const PhoneInUse&) = delete;
  PhoneInUse& operator=(const PhoneInUse&) = delete;

 private:
  int descriptor_;
};

std::vector<std::string> codes_sent(const std::string& file, const std::string& phone) {
  std::vector<std::string> codes;
  std::istringstream lines(contents(file));
  for (std::string line; std::getline(lines, line);) {
    boost::system::error_code torn;
    const auto message = boost::json::parse(line, torn);
    if (!torn && message.at("recipient") == boost::json::value(phone) && message.at("template") == "phone_code")
      codes.emplace_back(message.at("data").at("code").as_string());
  }
  return codes;
}

std::string next_code(const Clinic& clinic, const std::string& file, const std::string& phone, std::size_t before) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (std::chrono::steady_clock::now() < deadline) {
    session(clinic).notifications().dispatch();  // or another process has taken it up
    if (auto codes = codes_sent(file, phone); codes.size() > before) return codes.back();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  throw std::runtime_error("no code came");
}

/// {"phone":…, "password":…, "first_name":…, "last_name":…}
Answer prove(const Clinic& clinic, const Plan& plan, const std::string& text) {
  Answer answer{0, "prove", {}, {}};
  const auto request = boost::json::parse(text);
  const auto text_at = [&](const char* name) { return std::string(request.at(name).as_string()); };
  const auto phone = text_at("phone");
  try {
    const auto auth = clinic.act_as(Actor::anonymous()).auth();
    std::string proof;
    {
      const PhoneInUse in_use(plan.sent + phone);
      const auto before = codes_sent(plan.sent, phone).size();
      const auto started = auth.start_registration({.phone = phone});
      const auto code = next_code(clinic, plan.sent, phone, before);
      proof = auth.verify_contact({.phone = phone, .code = code, .verification_token = started.verification_token})
                  .verified_token;
    }
    const auto made = auth.set_password({.phone = phone,
                                         .verified_token = proof,
                                         .password = text_at("password"),
                                         .first_name = text_at("first_name"),
                                         .last_name = text_at("last_name")});
    answer.code = "done";
    answer.text = boost::json::serialize(boost::json::object{{"user", made.user.id}});
  } catch (const Error& error) {
    answer.text = error.to_json();
    answer.code = info(error.code()).word;
  }
  return answer;
}

}  // namespace

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
        const int person = plan.people > 0 ? local / kinds % plan.people : local / kinds;
        boost::algorithm::replace_all(text, "{p}", std::to_string(person));
        return text;
      };
      const auto request = filled_in(planned.request);
      auto answer = planned.operation == "prove" ? prove(own ? *own : *clinic, plan, request)
                                                 : call(acting, planned.operation, request, filled_in(planned.key));
      answer.index = index;
      answered(answer);
    }
  };
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < plan.threads; ++thread)
    threads.emplace_back(work, thread);
}

}  // namespace clinic::test
