#include "call.hpp"

#include <iostream>
#include <utility>

namespace {

constexpr int wrong_keys_allowed = 3;

}  // namespace

Call::Call(std::string id, std::string number) : id_(std::move(id)), number_(std::move(number)) {}

void Call::say(const std::string& sentence) { std::cout << sentence << std::endl; }

std::string Call::ask(const std::string& sentence) {
  say(sentence);
  std::string answer;
  if (!std::getline(std::cin, answer)) throw CallEnded{};
  if (answer.ends_with('\r')) answer.pop_back();
  return answer;
}

std::string Call::ask_words(const std::string& sentence) {
  for (int silent = 0; silent < wrong_keys_allowed; ++silent)
    if (auto words = ask(sentence); !words.empty()) return words;
  say("Goodbye.");
  throw CallEnded{};
}

std::size_t Call::choose(const std::string& question, const std::vector<std::string>& choices) {
  auto sentence = question;
  for (std::size_t i = 0; i < choices.size(); ++i)
    sentence += " " + std::to_string(i + 1) + ": " + choices[i] + ".";
  for (int wrong = 0; wrong < wrong_keys_allowed; ++wrong) {
    const auto key = ask(sentence);
    for (std::size_t i = 0; i < choices.size(); ++i)
      if (key == std::to_string(i + 1)) return i;
    say("There is no such key.");
  }
  say("Goodbye.");
  throw CallEnded{};
}
