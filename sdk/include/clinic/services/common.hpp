#pragma once

#include <clinic/description.hpp>
#include <clinic/session.hpp>

namespace clinic {

/// The request of operations without parameters.
struct Nothing {};
BOOST_DESCRIBE_STRUCT(Nothing, (), ())

/// Names a patient by id or number.
struct PatientKey {
  std::string patient{};
};
BOOST_DESCRIBE_STRUCT(PatientKey, (), (patient))

struct UserKey {
  std::string user{};
};
BOOST_DESCRIBE_STRUCT(UserKey, (), (user))

}  // namespace clinic
