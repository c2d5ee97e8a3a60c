#include "access_line.hpp"

#include <boost/json.hpp>

namespace clinic::http {

std::string access_line(const Exchange& exchange, int status, std::size_t bytes) {
  using namespace std::chrono;
  const auto now = time_point_cast<milliseconds>(system_clock::now()).time_since_epoch().count();
  const auto took = duration_cast<microseconds>(steady_clock::now() - exchange.begin).count();
  boost::json::object line{{"time_ms", now}, {"request_id", exchange.id}};
  if (!exchange.page.empty()) line["route"] = exchange.page;
  if (exchange.place) {
    line["method"] = exchange.place->route.method;
    line["route"] = exchange.place->route.path;
    line["operation"] = exchange.place->operation->name;
  }
  line["status"] = status;
  line["code"] = exchange.error ? info(*exchange.error).word : "done";
  line["took_us"] = took;
  line["bytes"] = bytes;
  return boost::json::serialize(line);
}

}  // namespace clinic::http
