#pragma once

namespace clinic {

class Call;

/// Asks the host to judge the caller's answer to its challenge, where the operation is a challenged one, the caller
/// anonymous and the host judges. Not to be called in a transaction: the host may ask somebody far away. Throws
/// Error(challenge_failed).
void check_challenge(const Call& call);

}  // namespace clinic
