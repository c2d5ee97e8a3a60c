#include "http/router.hpp"
#include "markdown.hpp"
#include "pages.hpp"

#include <clinic/profiles.hpp>

#include <boost/json.hpp>

#include <regex>

namespace clinic::docs {
namespace {

/// What a document lists, in its own words.
struct Document {
  const char* name;
  const char* profile;
  std::string prefix;
  std::vector<const char*> endpoints;
};

const std::vector<Document>& documents() {
  static const std::vector<Document> all{
      {"Patient–user synchronisation",
       "email-sync",
       "/api",
       {"POST /api/patients", "POST /api/auth/register", "POST /api/patients/[id]/create-account",
        "POST /api/admin/sync-patients-users", "DELETE /api/patient/profile"}},
      {"Registration with a portal account",
       "portal",
       "/api/v1",
       {"POST /api/v1/auth/login/", "POST /api/v1/patients/", "GET /api/v1/patients/", "GET /api/v1/patients/search/"}},
      {"Dual-table architecture",
       "dual-table",
       "/api",
       {"POST /api/auth/login", "POST /api/auth/register", "POST /api/auth/verify-email", "POST /api/auth/set-password",
        "DELETE /api/admin/web-patients/:id", "DELETE /api/admin/cleanup-email/:email"}},
      {"Backend of a clinic",
       "clinic-backend",
       "",
       {"POST /auth/login",
        "POST /auth/register",
        "POST /auth/refresh-token",
        "POST /auth/logout",
        "GET /auth/me",
        "GET /users",
        "POST /users",
        "GET /users/<user_id>",
        "PATCH /users/<user_id>",
        "DELETE /users/<user_id>",
        "GET /patients",
        "POST /patients",
        "GET /patients/<patient_id>",
        "PATCH /patients/<patient_id>",
        "GET /patients/<patient_id>/medical-history",
        "PATCH /patients/<patient_id>/medical-history",
        "GET /patients/search",
        "GET /doctors",
        "POST /doctors",
        "GET /doctors/<doctor_id>",
        "PATCH /doctors/<doctor_id>",
        "DELETE /doctors/<doctor_id>",
        "GET /doctors/<doctor_id>/schedule",
        "GET /doctors/<doctor_id>/availability",
        "GET /doctors/search",
        "GET /appointments",
        "POST /appointments",
        "GET /appointments/<appointment_id>",
        "PATCH /appointments/<appointment_id>",
        "DELETE /appointments/<appointment_id>",
        "GET /appointments/search",
        "GET /visits",
        "POST /visits",
        "GET /visits/<visit_id>",
        "PATCH /visits/<visit_id>",
        "GET /treatments",
        "POST /treatments",
        "GET /treatments/<treatment_id>",
        "PATCH /treatments/<treatment_id>",
        "GET /billings",
        "POST /billings",
        "GET /billings/<billing_id>",
        "PATCH /billings/<billing_id>",
        "GET /inventory",
        "POST /inventory",
        "GET /inventory/<item_id>",
        "PATCH /inventory/<item_id>",
        "DELETE /inventory/<item_id>",
        "GET /analytics/revenue",
        "GET /analytics/doctor-performance",
        "GET /analytics/patient-stats",
        "GET /prescriptions",
        "POST /prescriptions",
        "GET /prescriptions/<prescription_id>",
        "PATCH /prescriptions/<prescription_id>",
        "DELETE /prescriptions/<prescription_id>",
        "GET /"}},
  };
  return all;
}

/// The profile's routes, which decide where two documents want one path.
std::vector<Alias> route_aliases(const std::string& profile) {
  std::vector<Alias> aliases;
  const auto policy = boost::json::parse(profile_json(profile));
  for (const auto& alias : policy.at("route_aliases").as_array())
    aliases.push_back({std::string(alias.at("alias").as_string()), std::string(alias.at("name").as_string())});
  return aliases;
}

/// `GET /users/<user_id>` → the place of the operation; null: there is none yet.
const http::Place* place_of(const http::Router& router, const std::string& prefix, const std::string& endpoint) {
  static const std::regex parameter(R"(<\w+>|\[\w+\]|:\w+)");
  const auto space = endpoint.find(' ');
  const auto path = std::regex_replace(endpoint.substr(space + 1), parameter, "x");
  return router.find(endpoint.substr(0, space), std::string_view(path).substr(prefix.size())).place;
}

}  // namespace

std::string endpoints_page() {
  auto page = generated_note("the operation table, the profiles, and the documents' lists of endpoints");
  page +=
      "# Endpoints of the documents\n\n"
      "Each document that clinic replaces lists endpoints. This page says which route and operation serve them, under "
      "the document's profile. Routes stand behind a prefix ([http](http.md), `prefixes`): `/api/v1` if nothing is "
      "said, `/api` or `/` for a document that has it so. A slash at the end changes nothing. All routes: `GET /` of a "
      "server, or its page `/docs`.\n";
  for (const auto& document : documents()) {
    const http::Router router(route_aliases(document.profile));
    page += "\n## " + std::string(document.name) + "\n\nProfile " + code(document.profile) + ", prefix " +
            code(document.prefix.empty() ? "/" : document.prefix) + ".\n\n" +
            table_head({"Endpoint of the document", "Route", "Operation"});
    for (const std::string endpoint : document.endpoints) {
      if (endpoint == "GET /") {
        page += table_row({code(endpoint), code(endpoint), "the list of all endpoints"});
        continue;
      }
      const auto* place = place_of(router, document.prefix, endpoint);
      page += table_row({code(endpoint), place ? code(place->route.method + " " + place->route.path) : "",
                         place ? code(place->operation->name) : "none yet"});
    }
  }
  page +=
      "\n## Telephone line\n\nThe document names no paths, but answers of a registration: `{token, user}`, "
      "`phone_already_registered`, `ivr_account_exists`. Under the profile `phone-sync`, `POST /auth/register` and "
      "`POST "
      "/auth/login` answer so.\n";
  return page;
}

}  // namespace clinic::docs
