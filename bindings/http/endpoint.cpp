#include "endpoint.hpp"

#include <algorithm>

namespace clinic::http {
Endpoint::Endpoint(const Place& at) : place(&at) {
  const bool says_all = place->route.with != "{}";
  for (const auto& field : operation().request) {
    const bool parameter =
        std::find(place->parameters.begin(), place->parameters.end(), field.name) != place->parameters.end();
    if (says_all && !parameter) continue;
    (parameter ? in_path : takes_query(*place) ? in_query : in_body).push_back(&field);
  }
}

bool Endpoint::takes_query(const Place& place) {
  if (place.route.method == "GET") return true;
  // What a DELETE is about is in its address, but for secrets.
  return place.route.method == "DELETE" &&
         std::none_of(place.operation->request.begin(), place.operation->request.end(),
                      [](const bindings::Field& field) { return field.secret; });
}

std::string Endpoint::group() const { return operation().name.substr(0, operation().name.find('.')); }

bool Endpoint::has_etag() const { return method() == "GET" && bindings::find_field(operation().response, "version"); }

bool Endpoint::takes_version() const {
  return place->route.with == "{}" && bindings::find_field(operation().request, "version");
}

std::string Endpoint::summary() const {
  return place->route.with == "{}" ? operation().help : operation().help + ": with " + place->route.with;
}

std::vector<Endpoint> endpoints_of(const Router& router) {
  std::vector<Endpoint> endpoints;
  for (const auto& place : router.places())
    endpoints.emplace_back(*place);
  // In the table's order, the places of an operation one after the other.
  const auto* table = bindings::operation_table().data();
  std::stable_sort(endpoints.begin(), endpoints.end(), [&](const Endpoint& left, const Endpoint& right) {
    return left.place->operation - table < right.place->operation - table;
  });
  return endpoints;
}

}  // namespace clinic::http
