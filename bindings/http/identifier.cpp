#include "identifier.hpp"

#include <algorithm>
#include <random>

namespace clinic::http {

std::string new_identifier() {
  // It is no secret: it must only be another one each time.
  thread_local std::mt19937_64 random = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  constexpr std::string_view digits = "0123456789abcdef";
  constexpr int digits_of_half = 16;
  std::string id;
  for (int half = 0; half < 2; ++half) {
    auto bits = random();
    for (int i = 0; i < digits_of_half; ++i, bits >>= 4)
      id += digits[bits & 15];
  }
  return id;
}

bool is_identifier(std::string_view text) {
  constexpr std::size_t longest = 100;
  return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
           c == ':' || c == '-';
  });
}

std::string_view trace_id(std::string_view traceparent) {
  constexpr std::string_view form = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
  constexpr std::size_t begin = 3, size = 32;
  if (traceparent.size() != form.size() || traceparent.starts_with("ff")) return {};
  for (std::size_t i = 0; i < form.size(); ++i) {
    const char c = traceparent[i];
    const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (form[i] == '-' ? c != '-' : !digit) return {};
  }
  const auto id = traceparent.substr(begin, size);
  return id.find_first_not_of('0') == id.npos ? std::string_view() : id;
}

}  // namespace clinic::http
