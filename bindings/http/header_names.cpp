#include "header_names.hpp"

#include <boost/algorithm/string/replace.hpp>

namespace clinic::http {
namespace {

struct Carried {
  const char *field, *header;
};
constexpr Carried carried[] = {
    {"challenge", "Clinic-Challenge"}, {"idempotency_key", "Idempotency-Key"}, {"version", "If-Match"}};

}  // namespace

Error naming_headers(const Error& error, const Request& request) {
  auto named = error;
  for (const auto& [name, header] : carried) {
    if (!request.header(header)) continue;
    auto fields = named.fields();
    bool concerned = false;
    for (auto& field : fields) {
      if (field.path != name) continue;
      field.path = header;
      boost::algorithm::replace_all(field.message, name, header);
      concerned = true;
    }
    if (!concerned) continue;
    named = Error(error.code(), boost::algorithm::replace_all_copy(named.detail(), name, header), std::move(fields))
                .with_message(error.message());
    named.http_status(error.http_status());
  }
  return named;
}

}  // namespace clinic::http
