#include "messages/prepared_values.hpp"

#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <openssl/crypto.h>

#include <algorithm>

namespace clinic {
namespace {

void append_percent_encoded(std::string_view text, boost::json::string& out) {
  constexpr std::string_view hexadecimal = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    if (plain) {
      out.push_back(c);
      continue;
    }
    out.push_back('%');
    out.push_back(hexadecimal[byte >> 4]);
    out.push_back(hexadecimal[byte & 15]);
  }
}

}  // namespace

void wipe_json(boost::json::value* value) {
  if (value == nullptr || !value->is_string()) return;
  auto& text = value->get_string();
  OPENSSL_cleanse(text.data(), text.size());
}

PreparedValues::PreparedValues(boost::json::object values, const MessageKind& kind, std::string_view clinic_name,
                               std::string_view portal_address)
    : values_(std::move(values)), secret_(kind.secret()) {
  if (kind.find("clinic_name") != nullptr && !values_.contains("clinic_name")) values_["clinic_name"] = clinic_name;
  for (const auto& variable : kind.variables)
    if (variable.type == VariableType::url) complete(variable.name, portal_address);
  if (!kind.link_parameter.empty()) add_link(kind);
}

PreparedValues::~PreparedValues() {
  if (secret_ != nullptr) wipe_json(values_.if_contains(secret_->name));
  wipe_json(values_.if_contains("link"));
}

void PreparedValues::complete(std::string_view name, std::string_view portal_address) {
  auto* value = values_.if_contains(name);
  if (value == nullptr || !value->is_string() || portal_address.empty()) return;
  auto& address = value->get_string();
  if (address.starts_with('/')) address.insert(0, portal_address);
}

void PreparedValues::add_link(const MessageKind& kind) {
  values_.erase("link");
  const auto* login = values_.if_contains("login_url");
  const auto* secret = values_.if_contains(secret_->name);
  if (login == nullptr || !login->is_string() || secret == nullptr || !secret->is_string()) return;
  const std::string_view address(login->get_string()), token(secret->get_string());
  const auto fragment = std::min(address.find('#'), address.size());
  boost::json::string link;
  // in one piece, since a growing text leaves pieces of itself behind
  link.reserve(address.size() + kind.link_parameter.size() + 3 * token.size() + 2);
  link.append(address.substr(0, fragment));
  link.push_back(address.substr(0, fragment).find('?') == address.npos ? '?' : '&');
  link.append(kind.link_parameter);
  link.push_back('=');
  append_percent_encoded(token, link);
  link.append(address.substr(fragment));
  values_["link"] = std::move(link);
}

}  // namespace clinic
