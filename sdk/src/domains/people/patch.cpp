#include "domains/people/patch.hpp"

#include "records/record_model.hpp"

#include <clinic/error.hpp>

#include <stdexcept>

namespace clinic {
namespace {

/// Calls `visit(field, value)` for each given member; a null value is a clearing one.
template <class Visit>
void each_given(const TypeDescription& type, const void* update, Visit visit) {
  for (const auto& field : type.fields) {
    if (field.type->kind != TypeKind::patch) continue;
    const auto* patch = field.address_in(update);
    if (!field.type->absent(patch)) visit(field, field.type->held(patch));
  }
}

}  // namespace

void apply_patch(const TypeDescription& update_type, const void* update, const TypeDescription& record_type,
                 void* record, Lacking lacking) {
  std::vector<FieldError> errors;
  each_given(update_type, update, [&](const FieldDescription& from, const void* value) {
    const auto* to = record_type.field(from.name);
    if (!to && lacking == Lacking::skipped) return;
    if (!to) throw std::logic_error("an update request has a member that its record lacks");
    if (!value && to->type->kind != TypeKind::optional)
      errors.push_back({std::string(from.name), "null_not_allowed", "This field cannot be cleared."});
    else if (!value)
      to->type->reset(to->address(record));
    else if (!detail::write_value(*to->type, to->address(record), detail::read_value(*from.type->element, value)))
      throw std::logic_error("an update request's member is of another type than its record's");
  });
  if (!errors.empty()) throw Error(ErrorCode::validation_failed, {}, std::move(errors));
}

Names changed_fields(const TypeDescription& update_type, const void* update) {
  Names names;
  each_given(update_type, update, [&](const FieldDescription& field, const void*) { names.push_back(field.name); });
  return names;
}

}  // namespace clinic
