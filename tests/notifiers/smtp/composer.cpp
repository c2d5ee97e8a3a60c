/// \file
/// Composes mails for tests in Python: a JSON object a line in, {"mail": …} or {"refused": …} out.

#include "body.hpp"
#include "mail.hpp"

#include <clinic/plugin/plugin.hpp>

#include <boost/json.hpp>

#include <iostream>
#include <string>

namespace {

namespace json = boost::json;

std::string_view text(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->as_string()) : std::string_view();
}

json::object composed(const json::object& given) {
  clinic::smtp::Mail mail;
  mail.from = {std::string(text(given, "from_name")), "noreply@clinic.example"};
  mail.to = {std::string(text(given, "name")), std::string(text(given, "address"))};
  if (given.contains("reply_name")) mail.reply_to = {{std::string(text(given, "reply_name")), "desk@clinic.example"}};
  mail.id = text(given, "id");
  mail.locale = text(given, "locale");
  mail.subject = text(given, "subject");
  mail.text = text(given, "text");
  mail.html = text(given, "html");
  mail.created_at = given.at("created_at").to_number<std::int64_t>();
  try {
    const auto made = clinic::smtp::compose(mail);
    return {{"mail", made}, {"sent", clinic::smtp::dot_stuffed(made)}};
  } catch (const clinic::plugin::Failure& failure) {
    return {{"refused", failure.what()}};
  }
}

}  // namespace

int main() try {
  for (std::string line; std::getline(std::cin, line);)
    std::cout << json::serialize(composed(json::parse(line).as_object())) << '\n';
  return 0;
} catch (const std::exception& failure) {
  std::cerr << "composer: " << failure.what() << '\n';
  return 1;
}
