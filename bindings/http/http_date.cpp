#include "http_date.hpp"

#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/Timestamp.h>

namespace clinic::http {

std::string http_date() {
  // One answer in a second makes it, the others copy it.
  thread_local std::time_t second = 0;
  thread_local std::string text;
  const Poco::Timestamp now;
  if (now.epochTime() != second) {
    second = now.epochTime();
    text = Poco::DateTimeFormatter::format(now, Poco::DateTimeFormat::HTTP_FORMAT);
  }
  return text;
}

}  // namespace clinic::http
