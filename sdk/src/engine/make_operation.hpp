#pragma once

/// \file
/// Makes rows of the operation table from handlers. Included by the sources that hold rows: here the descriptions of
/// requests and responses come into being.

#include "base/wiping.hpp"
#include "engine/challenge.hpp"
#include "operations/table.hpp"

#include <clinic/make_description.hpp>

#include <stdexcept>
#include <utility>

namespace clinic {

namespace detail {
template <class Handler>
struct HandlerTypes;
template <class ResponseType, class RequestType>
struct HandlerTypes<ResponseType (*)(Call&, const RequestType&)> {
  using Response = ResponseType;
  using Request = RequestType;
};
}  // namespace detail

/// Makes a row from a handler, `Response handler(Call&, const Request&)`.
template <auto handler>
Operation operation(OperationText text) {
  using Types = detail::HandlerTypes<decltype(handler)>;
  using Request = typename Types::Request;
  using Response = typename Types::Response;
  static_assert(!detail::holds<Request, Exposure::internal>() && !detail::holds<Response, Exposure::internal>(),
                "what is internal never leaves the SDK: answer a view of the record");
  return {std::move(text), &describe<Request>(), &describe<Response>(),
          [](Call& call, const void* request, void* response) {
            Request checked = *static_cast<const Request*>(request);
            const WipedSecrets wiped(checked);
            detail::validate_request(describe<Request>(), &checked);
            check_challenge(call);  // here: an answer is good once, and not to be spent on a request with a typo
            auto answer = handler(call, checked);
            const WipedSecrets left(answer);  // a short text is still there after it was moved away
            *static_cast<Response*>(response) = std::move(answer);
          }};
}

/// The row of an operation that can succeed though not all is as it should be: the member of its answer says so, where
/// it is a list that is not empty, a number that is not 0, or false. The command line then ends with another code.
template <class Response, class Member>
Operation faults_in(Member Response::*member, Operation row) {
  if (row.response != &describe<Response>()) throw std::logic_error("the field of another answer");
  Response answer{};
  for (const auto& field : row.response->fields)
    if (field.address(&answer) == &(answer.*member)) row.fault_field = field.name;
  return row;
}

}  // namespace clinic
