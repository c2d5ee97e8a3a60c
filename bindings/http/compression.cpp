#include "compression.hpp"

#include <boost/algorithm/string/trim.hpp>

#include <Poco/DeflatingStream.h>

#include <cstdlib>
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
  const auto accepted = request.header("Accept-Encoding");
  if (!accepted) return false;
  for (auto rest = *accepted; !rest.empty();) {
    const auto comma = rest.find(',');
    const auto coding = rest.substr(0, comma);
    rest.remove_prefix(comma == rest.npos ? rest.size() : comma + 1);
    const auto semicolon = coding.find(';');
    const auto name = boost::algorithm::trim_copy(std::string(coding.substr(0, semicolon)));
    if (!boost::algorithm::iequals(name, "gzip")) continue;
    const auto quality = semicolon == coding.npos ? coding.npos : coding.find("q=", semicolon);
    return quality == coding.npos || std::strtod(std::string(coding.substr(quality + 2)).c_str(), nullptr) > 0;
  }
  return false;
}

}  // namespace clinic::http
