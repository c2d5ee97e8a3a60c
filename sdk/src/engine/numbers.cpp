#include "engine/numbers.hpp"

#include "store/rerun.hpp"

#include <clinic/error.hpp>

#include <Poco/RegularExpression.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace clinic {
namespace {

constexpr std::int64_t largest_block = 64;

[[noreturn]] void refuse_pattern(std::string message) {
  throw Error(ErrorCode::configuration_invalid, {}, {{"policy.number_pattern", "invalid_format", std::move(message)}});
}

int alphanumeric_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  return -1;
}

}  // namespace

char check_character(std::string_view text) {
  constexpr int base = 36;
  int factor = 2, sum = 0;
  for (auto c = text.rbegin(); c != text.rend(); ++c) {
    const int value = alphanumeric_value(*c);
    if (value < 0) continue;
    const int addend = factor * value;
    factor = factor == 2 ? 1 : 2;
    sum += addend / base + addend % base;
  }
  return "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(base - sum % base) % base];
}

NumberPattern::NumberPattern(std::string_view pattern) {
  bool sequence = false;
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern[at] != '{') {
      auto end = std::min(pattern.find('{', at), pattern.size());
      auto text = pattern.substr(at, end - at);
      // What numbers are made of, or they could not be typed again where one is asked for.
      if (std::any_of(text.begin(), text.end(), [](char c) {
            return alphanumeric_value(c) < 0 && std::string_view("._:-").find(c) == std::string_view::npos;
          }))
        refuse_pattern("Outside of its braces the number pattern may hold letters, digits, `.`, `_`, `:` and `-`.");
      parts_.push_back({Kind::text, std::string(text)});
      at = end;
      continue;
    }
    auto end = pattern.find('}', at);
    if (end == pattern.npos) refuse_pattern("The number pattern has an opening brace without a closing one.");
    auto word = pattern.substr(at + 1, end - at - 1);
    at = end + 1;
    if (word == "year") {
      parts_.push_back({Kind::year, {}});
    } else if (word == "check") {
      parts_.push_back({Kind::check, {}});
    } else if (word == "seq" || word.starts_with("seq:")) {
      std::size_t width = 0;
      auto digits = word.size() > 4 ? word.substr(4) : std::string_view("1");
      auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), width);
      if (error != std::errc() || stop != digits.data() + digits.size() || width < 1 || width > 12)
        refuse_pattern("The number pattern's {seq:N} takes a width from 1 to 12.");
      if (sequence) refuse_pattern("The number pattern has more than one {seq:N}.");
      sequence = true;
      parts_.push_back({Kind::sequence, {}, width});
    } else {
      refuse_pattern("The number pattern may hold {year}, {seq:N} and {check} and nothing else in braces.");
    }
  }
  if (!sequence) refuse_pattern("The number pattern needs {seq:N}.");
  using Poco::RegularExpression;
  form_ = std::make_shared<RegularExpression>("^(?:" + form() + ")$",
                                              RegularExpression::RE_CASELESS | RegularExpression::RE_DOLLAR_ENDONLY);
}

bool NumberPattern::fits(const std::string& text) const {
  Poco::RegularExpression::Match found;
  return form_->match(text, found) > 0;
}

std::string NumberPattern::form() const {
  std::string form;
  for (const auto& part : parts_) {
    switch (part.kind) {
      case Kind::text:
        for (const char c : part.text)
          form += c == '.' ? std::string("\\.") : std::string(1, c);
        break;
      case Kind::year:
        form += "[0-9]{4}";
        break;
      case Kind::sequence:
        form += "[0-9]{" + std::to_string(part.width) + ",}";
        break;
      case Kind::check:
        form += "[0-9A-Z]";
        break;
    }
  }
  return form;
}

std::string NumberPattern::scope(int year) const {
  std::string scope;
  for (const auto& part : parts_) {
    if (part.kind == Kind::text) scope += part.text;
    if (part.kind == Kind::year) scope += std::to_string(year);
    if (part.kind == Kind::sequence) scope += "_seq";
  }
  // Ids hold no other characters. Two patterns that differ only in such characters share a sequence, which does no
  // harm.
  std::replace_if(
      scope.begin(), scope.end(), [](char c) { return alphanumeric_value(c) < 0 && c != '-'; }, '_');
  return scope;
}

std::string NumberPattern::render(int year, std::int64_t sequence) const {
  std::string number;
  for (const auto& part : parts_) {
    switch (part.kind) {
      case Kind::text:
        number += part.text;
        break;
      case Kind::year:
        number += std::to_string(year);
        break;
      case Kind::sequence: {
        auto digits = std::to_string(sequence);
        if (digits.size() < part.width) digits.insert(0, part.width - digits.size(), '0');
        number += digits;
        break;
      }
      case Kind::check:
        number += check_character(number);
        break;
    }
  }
  return number;
}

Numbers::Numbers(Store& store, const Policy& policy)
    : store_(store), pattern_(policy.number_pattern), time_zone_(policy.time_zone) {}

Numbers::Reserved Numbers::reserve(Timestamp now) {
  const int year = static_cast<int>(time_zone_.day_at(now).year());
  auto scope = pattern_.scope(year);
  std::unique_lock lock(mutex_);
  auto& block = blocks_[scope];
  while (block.given_back.empty() && block.next == block.end)
    refill(scope, block, lock);
  std::int64_t sequence = 0;
  if (!block.given_back.empty()) {
    sequence = block.given_back.back();
    block.given_back.pop_back();
  } else {
    sequence = block.next++;
  }
  return Reserved(*this, std::move(scope), year, sequence);
}

void Numbers::refill(const std::string& scope, Block& block, std::unique_lock<std::mutex>& lock) {
  if (block.refill.valid()) {
    const auto others = block.refill;
    lock.unlock();
    others.get();
    lock.lock();
    return;
  }
  std::promise<void> told;
  block.refill = told.get_future().share();
  const auto size = std::clamp<std::int64_t>(block.size * 2, 1, largest_block);
  lock.unlock();
  try {
    const auto end = take(scope, size);
    lock.lock();
    block.next = end - size;
    block.end = end;
    block.size = size;
    block.refill = {};
    told.set_value();
  } catch (...) {
    if (!lock.owns_lock()) lock.lock();
    block.refill = {};
    told.set_exception(std::current_exception());
    throw;
  }
}

std::int64_t Numbers::take(const std::string& scope, std::int64_t size) {
  // Two made the scope's row at once: the other one's is there now. A lost commit only leaves a gap.
  const auto lost = [](const StorageError& failure) {
    return failure.code() == CLINIC_PLUGIN_UNIQUE_VIOLATION || failure.code() == CLINIC_PLUGIN_OUTCOME_UNKNOWN;
  };
  return rerunning(
      [&] {
        Transaction transaction(store_, Access::write);
        Repository<NumberBlock> blocks(transaction);
        NumberBlock row;
        if (blocks.touch(scope)) {
          row = blocks.find(scope).value();
          row.next_value += size;
          blocks.update(row);
        } else {
          row.id = scope;
          row.next_value = 1 + size;
          blocks.insert(row);
        }
        transaction.commit();
        return row.next_value;
      },
      lost);
}

Numbers::Reserved::Reserved(Numbers& numbers, std::string scope, int year, std::int64_t sequence)
    : numbers_(numbers),
      scope_(std::move(scope)),
      text_(numbers.pattern_.render(year, sequence)),
      sequence_(sequence) {}

Numbers::Reserved::~Reserved() {
  if (kept_) return;
  std::lock_guard lock(numbers_.mutex_);
  numbers_.blocks_[scope_].given_back.push_back(sequence_);
}

}  // namespace clinic
