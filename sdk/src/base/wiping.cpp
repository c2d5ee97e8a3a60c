#include "base/wiping.hpp"

#include <openssl/crypto.h>

namespace clinic {
namespace {

void wipe_value(const TypeDescription& type, const void* value, bool secret) {
  switch (type.kind) {
    case TypeKind::text:
      if (secret) wipe(*static_cast<std::string*>(const_cast<void*>(value)));
      return;
    case TypeKind::optional:
    case TypeKind::patch:
      if (const void* held = type.held(value)) wipe_value(*type.element, held, secret);
      return;
    case TypeKind::list:
      for (std::size_t i = 0; i < type.size(value); ++i)
        wipe_value(*type.element, type.at(value, i), secret);
      return;
    case TypeKind::object:
      for (const auto& field : type.fields)
        wipe_value(*field.type, field.address_in(value), field.rule->exposure == Exposure::secret);
      return;
    default:
      return;
  }
}

}  // namespace

void wipe(std::string& text) {
  text.resize(text.capacity());  // wipes the spare room as well, which a longer text may have used
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

void wipe_secrets(const TypeDescription& type, void* object) { wipe_value(type, object, false); }

}  // namespace clinic
