#pragma once

/// \file
/// Makes rows of the operation table from handlers. Included by the sources that hold rows: here the descriptions of
/// requests and responses come into being.

#include "base/wiping.hpp"
#include "engine/challenge.hpp"
#include "engine/scope.hpp"
#include "meta/make_description.hpp"
#include "operations/table.hpp"

#include <utility>

namespace clinic {

namespace detail {
template <class Handler>
struct HandlerTypes;
template <class ResponseType, class RequestType>
struct HandlerTypes<ResponseType (*)(Call&, const RequestType&)> {
  using Response = ResponseType;
  using Request = RequestType;
  static constexpr bool reads_one_state = false;
};
template <class ResponseType, class RequestType>
struct HandlerTypes<ResponseType (*)(Call&, Transaction&, const RequestType&)> {
  using Response = ResponseType;
  using Request = RequestType;
  static constexpr bool reads_one_state = true;
};

template <auto handler, class Request>
auto handle(Call& call, const Request& request) {
  if constexpr (HandlerTypes<decltype(handler)>::reads_one_state)
    return call.read([&](Transaction& transaction) { return handler(call, transaction, request); });
  else
    return handler(call, request);
}
}  // namespace detail

/// Makes a row from a handler: `Response handler(Call&, Transaction&, const Request&)`, which only reads, and only in
/// that transaction; or `Response handler(Call&, const Request&)`, which begins its own. Throws as `complete` does.
template <auto handler>
Operation operation(Row row) {
  using Types = detail::HandlerTypes<decltype(handler)>;
  using Request = typename Types::Request;
  using Response = typename Types::Response;
  static_assert(!detail::holds<Request, Exposure::internal>() && !detail::holds<Response, Exposure::internal>(),
                "what is internal never leaves the SDK: answer a view of the record");
  Operation made{std::move(row), &describe<Request>(), &describe<Response>(),
                 [](Call& call, const void* request, void* response) {
                   Request checked = *static_cast<const Request*>(request);
                   const WipedSecrets wiped(checked);
                   detail::validate_request(describe<Request>(), &checked);
                   check_scope(call, &checked);
                   check_challenge(call);  // last: an answer is good once, and not to be spent on a request with a typo
                   auto answer = detail::handle<handler>(call, checked);
                   const WipedSecrets left(answer);  // a short text is still there after it was moved away
                   check_narrowed(call);
                   *static_cast<Response*>(response) = std::move(answer);
                 }};
  made.reads_one_state = Types::reads_one_state;
  complete(made);
  return made;
}

}  // namespace clinic
