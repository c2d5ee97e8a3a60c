#pragma once

#include "endpoint.hpp"
#include "profile_shape.hpp"

#include <clinic/policy.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace clinic::http {

/// Stands in the page where the server's own address belongs.
inline constexpr std::string_view server_placeholder = "{{server}}";

struct Reference {
  const std::vector<Endpoint>& endpoints;
  const Policy& policy;
  const ProfileShape& shape;
  std::string prefix;
};

/// A page of HTML that describes every endpoint, with a line of curl to copy. It needs no script and no other host.
std::string reference_page(const Reference& reference);

/// The page's style, which is in it.
std::string_view reference_style();

}  // namespace clinic::http
