#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace clinic::http {

/// The elements of a list in a header's value, in order, without white space around them (RFC 9110, 5.6.1).
std::vector<std::string_view> list_elements(std::string_view value);

/// An element of `Accept-…`: what is accepted, and how well (RFC 9110, 12.4.2).
struct Accepted {
  std::string_view what;
  double quality = 1;
};
Accepted accepted(std::string_view element);

/// Without spaces and tabs around it.
std::string_view trimmed(std::string_view text);

}  // namespace clinic::http
