#include "header_names.hpp"

#include <boost/algorithm/string/replace.hpp>

#include <algorithm>

namespace clinic::http {

Error naming_headers(const Error& error) {
  constexpr auto option = "idempotency_key", header = "Idempotency-Key";
  const auto about_option = [&](const FieldError& field) { return field.path == option; };
  if (std::none_of(error.fields().begin(), error.fields().end(), about_option)) return error;
  auto fields = error.fields();
  for (auto& field : fields) {
    if (!about_option(field)) continue;
    field.path = header;
    boost::algorithm::replace_all(field.message, option, header);
  }
  auto named =
      Error(error.code(), boost::algorithm::replace_all_copy(error.detail(), option, header), std::move(fields))
          .with_message(error.message());
  named.http_status(error.http_status());
  return named;
}

}  // namespace clinic::http
