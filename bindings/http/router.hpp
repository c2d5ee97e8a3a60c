#pragma once

/// \file
/// Which operation a method and a path mean.

#include "table/operations.hpp"

#include <clinic/policy.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace clinic::http {

/// A place of an operation.
struct Place {
  const bindings::Operation* operation;
  bindings::Route route;
  std::vector<std::string> parameters;  ///< the fields of the request that the path has, in its order
};

/// Thread-safe once it is filled.
class Router {
 public:
  /// Every place of every operation. `aliases` are policy.route_aliases: they come before the operations' own places.
  /// Throws Error(configuration_invalid) for an alias without a method and a path.
  /// Throws std::logic_error where two operations have one place.
  explicit Router(const std::vector<Alias>& aliases);

  struct Found {
    const Place* place = nullptr;           ///< null where the path has no such method
    std::vector<std::string_view> values;   ///< of the parameters, as they came: percent-encoded
    std::vector<std::string_view> methods;  ///< that the path has; empty: there is no such path
  };
  /// A path without the prefix. A slash at its end changes nothing.
  Found find(std::string_view method, std::string_view path) const;

  const std::vector<std::unique_ptr<Place>>& places() const { return places_; }

 private:
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> words;
    std::unique_ptr<Node> parameter;
    std::map<std::string, const Place*, std::less<>> methods;
  };

  /// Null where the place is taken.
  const Place* add(const bindings::Operation& operation, bindings::Route route);
  static const Node* walk(const Node& node, std::string_view path, std::vector<std::string_view>& values);

  Node root_;
  std::vector<std::unique_ptr<Place>> places_;
};

}  // namespace clinic::http
