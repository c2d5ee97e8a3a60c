#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <set>
#include <string>
#include <string_view>

namespace clinic::sms {

/// Reads one object of a gateway file. What nobody asked for is refused at the end: a key that is spelled wrong must
/// not be ignored. All functions throw plugin::Failure(REFUSED), which names the path: `answer.accepted.status`.
class Fields {
 public:
  Fields(const boost::json::value& value, std::string path);

  const std::string& path() const { return path_; }
  std::string path_of(std::string_view key) const;
  const boost::json::object& object() const { return *object_; }

  /// Null where it is missing.
  const boost::json::value* find(std::string_view key);
  const boost::json::value& need(std::string_view key);
  std::string text(std::string_view key);  ///< must be there
  std::string text_or(std::string_view key, std::string_view otherwise);
  bool flag(std::string_view key);  ///< false where it is missing
  /// To be called when all has been asked for.
  void no_more() const;

  /// A refusal of the value at this key.
  [[noreturn]] void refuse(std::string_view key, std::string_view why) const;

 private:
  const boost::json::object* object_;
  std::string path_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace clinic::sms
