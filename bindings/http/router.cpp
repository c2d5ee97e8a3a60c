#include "router.hpp"

#include <clinic/error.hpp>

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

bindings::Route alias_route(const std::string& alias, std::size_t index) {
  const auto space = alias.find(' ');
  if (space == alias.npos || !std::string_view(alias).substr(space + 1).starts_with('/'))
    throw Error(ErrorCode::configuration_invalid, {},
                {{"policy.route_aliases[" + std::to_string(index) + "].alias", "invalid_format",
                  "The alias is a method and a path, such as `POST /auth/register`."}});
  return {alias.substr(0, space), alias.substr(space + 1)};
}

}  // namespace

Router::Router(const std::vector<Alias>& aliases) {
  for (std::size_t i = 0; i < aliases.size(); ++i) {
    const auto* operation = bindings::find_operation(aliases[i].name);
    auto route = alias_route(aliases[i].alias, i);
    route.status = operation->http.status;
    add(*operation, std::move(route));
  }
  const auto aliased = places_.size();
  for (const auto& operation : bindings::operation_table()) {
    add(operation, operation.http, aliased);
    for (const auto& place : operation.also_at)
      add(operation, place, aliased);
  }
}

void Router::add(const bindings::Operation& operation, bindings::Route route, std::size_t aliased) {
  auto place = std::make_unique<Place>(Place{&operation, std::move(route), {}});
  auto* node = &root_;
  for (std::string_view path = place->route.path; !path.empty();) {
    const auto segment = take_segment(path);
    auto& next = segment.starts_with('{') ? node->parameter : node->words[std::string(segment)];
    if (segment.starts_with('{')) place->parameters.emplace_back(segment.substr(1, segment.size() - 2));
    if (!next) next = std::make_unique<Node>();
    node = next.get();
  }
  const auto [at, added] = node->methods.try_emplace(place->route.method, place.get());
  if (added) {
    places_.push_back(std::move(place));
    return;
  }
  const auto* there = at->second;
  const bool alias = std::any_of(places_.begin(), places_.begin() + static_cast<std::ptrdiff_t>(aliased),
                                 [&](const auto& each) { return each.get() == there; });
  if (!alias)
    throw std::logic_error(operation.name + " and " + there->operation->name +
                           " have one route: " + place->route.method + " " + place->route.path);
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
