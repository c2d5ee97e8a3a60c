#pragma once

/// \file
/// How users come to be, and what is asked of them on the way.

#include "domains/people/link_authority.hpp"
#include "domains/people/people.hpp"

namespace clinic {

/// Throws Error(forbidden) where the actor reaches for a superadmin and is none.
void check_rank(const Call& call, Role role);

/// Throws Error(validation_failed) where a request for a user names nothing to log in with.
template <class Request>
void check_login_name(const Request& request) {
  if (!request.username && !request.email && !request.phone)
    refuse("username", "required", "A user needs a username, an email or a phone number.");
}

/// The user that such a request asks for, in normal form; without id, times and password.
template <class Request>
User requested_user(const Policy& policy, const Request& request) {
  User user;
  user.username = request.username ? *request.username : request.email ? *request.email : *request.phone;
  user.email = request.email;
  user.phone = request.phone;
  user.first_name = request.first_name;
  user.last_name = request.last_name;
  user.address = request.address;
  user.locale = request.locale;
  user.role = request.role;
  normalise(policy, user);
  return user;
}

/// For what the username of a new user would be taken. A phone that others have, which nobody chose for a username, is
/// none: then the user is left without.
TakenFor new_username_taken_for(Transaction& transaction, const Call& call, User& user, bool chosen);

/// A patient who is there, and who says that a new user is the same person.
struct KnownPatient {
  Patient patient;
  LinkAuthority authority;
};

/// Stores a new user (without a username: under its patient's number, or its id), whose id is set: linked with the
/// known patient where there is one; else, with role patient, with a new patient of that number. Answers the patient.
std::optional<Patient> store_with_patient(UnitOfWork& work, const Call& call, User& user,
                                          std::optional<KnownPatient> known, const std::string& number,
                                          std::optional<Date> birth_date = std::nullopt);

/// The same, for a requested user: gives it its id, and says so in the audit and to those who listen.
CreatedUser store_requested(UnitOfWork& work, const Call& call, User user, std::optional<KnownPatient> known,
                            const std::string& number, std::optional<Date> birth_date);

/// What a stranger is told whose username is taken: not whose it is, nor whether it is a phone or a number.
Error username_taken();
/// Throws that, or as check_username does, for the username of somebody who registers.
void check_strangers_username(Transaction& transaction, const Call& call, User& user, bool chosen);

/// Which patient number an answer carries, for with_number.
std::string number_in(const CreatedUser& created);

/// The rows of users.create, get, list and update; what access adds to them is there.
std::vector<Operation> user_rows();

}  // namespace clinic
