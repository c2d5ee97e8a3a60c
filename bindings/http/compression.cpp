#include "compression.hpp"

#include "header_list.hpp"

#include <Poco/DeflatingStream.h>

#include <sstream>

namespace clinic::http {

std::string gzipped(const std::string& text) {
  std::ostringstream out;
  constexpr int quick = 5;
  Poco::DeflatingOutputStream gzip(out, Poco::DeflatingStreamBuf::STREAM_GZIP, quick);
  gzip << text;
  gzip.close();
  return out.str();
}

bool takes_gzip(const Request& request) {
  const auto codings = request.header("Accept-Encoding");
  if (!codings) return false;
  for (const auto element : list_elements(*codings)) {
    const auto [coding, quality] = accepted(element);
    if (boost::beast::iequals(coding, "gzip")) return quality > 0;
  }
  return false;
}

}  // namespace clinic::http
