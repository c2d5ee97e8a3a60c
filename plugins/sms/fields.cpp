#include "fields.hpp"

#include <clinic/plugin/plugin.hpp>

namespace clinic::sms {

Fields::Fields(const boost::json::value& value, std::string path) : object_(value.if_object()), path_(std::move(path)) {
  if (object_ == nullptr)
    throw plugin::Failure::refused("the gateway file" + (path_.empty() ? "" : "'s " + path_) + " is no JSON object");
}

std::string Fields::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void Fields::refuse(std::string_view key, std::string_view why) const {
  throw plugin::Failure::refused("the gateway file's " + path_of(key) + " " + std::string(why));
}

const boost::json::value* Fields::find(std::string_view key) {
  asked_.emplace(key);
  return object_->if_contains(key);
}

const boost::json::value& Fields::need(std::string_view key) {
  const auto* value = find(key);
  if (value == nullptr) refuse(key, "is missing");
  return *value;
}

std::string Fields::text(std::string_view key) {
  const auto& value = need(key);
  if (!value.is_string()) refuse(key, "is no text");
  return std::string(value.get_string());
}

std::string Fields::text_or(std::string_view key, std::string_view otherwise) {
  return find(key) == nullptr ? std::string(otherwise) : text(key);
}

bool Fields::flag(std::string_view key) {
  const auto* value = find(key);
  if (value == nullptr) return false;
  if (!value->is_bool()) refuse(key, "is neither true nor false");
  return value->get_bool();
}

void Fields::no_more() const {
  for (const auto& member : *object_)
    if (!asked_.contains(std::string_view(member.key()))) refuse(member.key(), "is no key of a gateway file");
}

}  // namespace clinic::sms
