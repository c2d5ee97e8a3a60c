#pragma once

#include "desk.hpp"

#include <clinic/clinic.hpp>

#include <string>
#include <vector>

/// What came of an evening of people who make themselves a portal account.
struct SignUpResult {
  struct Pair {
    clinic::UserView user;
    clinic::PatientView patient;
    bool was_at_the_desk = false;  ///< the patient was there before the user
  };
  std::vector<Pair> pairs;
  int linked = 0;        ///< to the patient that the desk had made
  int new_patients = 0;  ///< made together with the user
  int refused = 0;       ///< their patient has an account already
};

/// Some of the desk's patients sign up with their email (typed in capitals, as people do), some of them although they
/// have an account, and some people whom the clinic has never seen.
SignUpResult sign_up(const clinic::Session& web, const DeskResult& desk);
