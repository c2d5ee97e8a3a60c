#include "router.hpp"

#include "wrong_setting.hpp"

#include <algorithm>
#include <stdexcept>

namespace clinic::http {
namespace {

/// Takes a segment off a path that begins with a slash.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const auto end = std::min(path.find('/'), path.size());
  const auto segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

[[noreturn]] void refuse_alias(std::size_t index, std::string message) {
  refuse_setting(element_of("policy.route_aliases", index) + ".alias", "invalid_format", std::move(message));
}

bool is_method(std::string_view text) {
  return text == "GET" || text == "POST" || text == "PUT" || text == "PATCH" || text == "DELETE";
}

bindings::Route alias_route(const std::string& alias, std::size_t index) {
  const auto space = std::min(alias.find(' '), alias.size());
  const auto path = alias.substr(std::min(space + 1, alias.size()));
  if (!is_method(std::string_view(alias).substr(0, space)) || !path.starts_with('/'))
    refuse_alias(index, "The alias is a method and a path, such as `POST /auth/register`.");
  return {alias.substr(0, space), path};
}

/// The parameter that no field of the request has; empty: there is none.
std::string unknown_parameter(const Place& place) {
  for (const auto& parameter : place.parameters)
    if (!bindings::find_field(place.operation->request, parameter)) return parameter;
  return {};
}

}  // namespace

Router::Router(const std::vector<Alias>& aliases) {
  for (std::size_t i = 0; i < aliases.size(); ++i) {
    const auto* operation = bindings::find_operation(aliases[i].name);
    auto route = alias_route(aliases[i].alias, i);
    route.status = operation->http.status;
    const auto* added = add(*operation, std::move(route));
    if (!added) refuse_alias(i, "Another alias has this method and path.");
    if (const auto wrong = unknown_parameter(*added); !wrong.empty())
      refuse_alias(i, "The operation's request has no field `" + wrong + "`.");
  }
  const auto aliased = places_.size();
  const auto is_alias = [&](const bindings::Route& route) {
    return std::any_of(places_.begin(), places_.begin() + static_cast<std::ptrdiff_t>(aliased), [&](const auto& place) {
      return place->route.method == route.method && place->route.path == route.path;
    });
  };
  for (const auto& operation : bindings::operation_table()) {
    auto routes = operation.also_at;
    routes.insert(routes.begin(), operation.http);
    for (auto& route : routes) {
      if (is_alias(route)) continue;
      const auto* added = add(operation, route);
      if (!added || !unknown_parameter(*added).empty())
        throw std::logic_error(operation.name + ": another operation has " + route.method + " " + route.path +
                               ", or the request lacks its parameter");
    }
  }
}

const Place* Router::add(const bindings::Operation& operation, bindings::Route route) {
  auto place = std::make_unique<Place>(Place{&operation, std::move(route), {}});
  auto* node = &root_;
  for (std::string_view path = place->route.path; !path.empty();) {
    const auto segment = take_segment(path);
    const bool parameter = segment.starts_with('{') && segment.ends_with('}');
    auto& next = parameter ? node->parameter : node->words[std::string(segment)];
    if (parameter) place->parameters.emplace_back(segment.substr(1, segment.size() - 2));
    if (!next) next = std::make_unique<Node>();
    node = next.get();
  }
  if (!node->methods.try_emplace(place->route.method, place.get()).second) return nullptr;
  return places_.emplace_back(std::move(place)).get();
}

const Router::Node* Router::walk(const Node& node, std::string_view path, std::vector<std::string_view>& values) {
  if (path.empty() || path == "/") return node.methods.empty() ? nullptr : &node;
  auto rest = path;
  const auto segment = take_segment(rest);
  if (const auto word = node.words.find(segment); word != node.words.end())
    if (const auto* found = walk(*word->second, rest, values)) return found;
  if (!node.parameter || segment.empty()) return nullptr;
  values.push_back(segment);
  if (const auto* found = walk(*node.parameter, rest, values)) return found;
  values.pop_back();
  return nullptr;
}

Router::Found Router::find(std::string_view method, std::string_view path) const {
  Found found;
  const auto* node = path.starts_with('/') ? walk(root_, path, found.values) : nullptr;
  if (!node) return found;
  for (const auto& [known, place] : node->methods)
    found.methods.push_back(known);
  if (method == "HEAD") method = "GET";
  if (const auto place = node->methods.find(method); place != node->methods.end()) found.place = place->second;
  return found;
}

}  // namespace clinic::http
