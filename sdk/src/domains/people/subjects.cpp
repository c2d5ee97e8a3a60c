#include "domains/people/subjects.hpp"

#include "domains/people/people.hpp"

namespace clinic::detail {

void check_patient(Call& call, const std::string& id_or_number) {
  call.read([&](Transaction& transaction) { return find_patient(call, transaction, id_or_number); });
}

void check_user(const Call& call, const std::string& id) {
  if (call.actor().id() != id) throw Error(ErrorCode::not_found, {}, {{"user", "not_found", "There is no such user."}});
}

void check_patient_of_record(const Call& call, Transaction& transaction, const std::string* patient_id,
                             const Member& key) {
  const auto patient = patient_id ? Repository<Patient>(transaction).find(*patient_id) : std::nullopt;
  if (!patient || !may_see(call, *patient))
    throw Error(ErrorCode::not_found, {}, {{std::string(name_of(key)), "not_found", "There is no such record."}});
}

}  // namespace clinic::detail
