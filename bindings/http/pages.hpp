#pragma once

#include "endpoint.hpp"
#include "message.hpp"
#include "profile_shape.hpp"

#include <clinic/policy.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clinic::http {

/// What the server says of itself: `/`, `/openapi.json`, `/docs`. Made when it is first asked for. Thread-safe.
class Pages {
 public:
  /// Keeps references to all of them.
  Pages(const Router& router, const Policy& policy, const std::vector<std::string>& prefixes, const ProfileShape& shape,
        bool has_host_names);

  static bool has(std::string_view path);
  /// A page, for GET and HEAD. \pre has(path)
  Response page(const Request& request, std::string_view path, bool secure) const;

 private:
  using Text = std::shared_ptr<const std::string>;
  struct Made {
    Text index, openapi, openapi_gzipped;
    std::string reference, style_hash;
  };
  const Made& made() const;
  /// `/docs`, where examples to copy call the server by the address at which it was asked.
  Text reference_at(std::string server) const;

  const Router& router_;
  const Policy& policy_;
  const std::vector<std::string>& prefixes_;
  const ProfileShape& shape_;
  bool has_host_names_;
  mutable std::once_flag once_;
  mutable Made made_;
  mutable std::mutex last_;  ///< guards the two below: nearly all ask at one address
  mutable std::string last_server_;
  mutable Text last_reference_;
};

}  // namespace clinic::http
