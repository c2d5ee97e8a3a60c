#include "domains/people/link_authority.hpp"

namespace clinic {
namespace {

void require_staff(const Call& call) {
  const auto role = call.actor().role();
  if (!call.actor().unrestricted() && (!role || *role == Role::patient))
    throw Error(ErrorCode::forbidden, "Only staff links records without a proof.");
}

}  // namespace

StaffDecision StaffDecision::on_purpose(const Call& call) {
  require_staff(call);
  return StaffDecision(voucher_of(call));
}

StaffDecision StaffDecision::by_policy(const Call& call) {
  require_staff(call);
  return StaffDecision(Voucher::nobody);
}

}  // namespace clinic
