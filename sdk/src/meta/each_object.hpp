#pragma once

#include <clinic/description.hpp>

namespace clinic {

/// Calls `visit(type, object)` for each described struct in a value, however deep: an outer one before those within it.
template <class Visit>
void each_object(const TypeDescription& type, const void* value, const Visit& visit) {
  switch (type.kind) {
    case TypeKind::optional:
      if (const auto* held = type.held(value)) each_object(*type.element, held, visit);
      return;
    case TypeKind::list:
      for (std::size_t i = 0; i < type.size(value); ++i)
        each_object(*type.element, type.at(value, i), visit);
      return;
    case TypeKind::object:
      visit(type, value);
      for (const auto& field : type.fields)
        each_object(*field.type, field.address_in(value), visit);
      return;
    default:
      return;
  }
}

/// Whether `test(type)` is true of a type or of one within it, however deep.
template <class Test>
bool any_type(const TypeDescription& type, const Test& test) {
  if (test(type) || (type.element && any_type(*type.element, test))) return true;
  for (const auto& field : type.fields)
    if (any_type(*field.type, test)) return true;
  return false;
}

}  // namespace clinic
