#pragma once

/// \file
/// The main header of the SDK: open a clinic, act as somebody, call services.
///
/// ```cpp
/// auto clinic = clinic::Clinic::open({.storage = "sqlite:clinic.db"});
/// auto desk = clinic.act_as(clinic::Actor::system("front-desk"));
/// auto jane = desk.patients().register_patient({.first_name = "Jane", .last_name = "Smith"});
/// ```
///
/// A source that needs one service compiles quicker with `clinic/open.hpp` and that service's header.

#include <clinic/open.hpp>
#include <clinic/services/appointment_service.hpp>
#include <clinic/services/audit_service.hpp>
#include <clinic/services/auth_service.hpp>
#include <clinic/services/event_service.hpp>
#include <clinic/services/notification_service.hpp>
#include <clinic/services/patient_note_service.hpp>
#include <clinic/services/patient_service.hpp>
#include <clinic/services/phone_line_service.hpp>
#include <clinic/services/profile_service.hpp>
#include <clinic/services/sync_service.hpp>
#include <clinic/services/system_service.hpp>
#include <clinic/services/user_service.hpp>
