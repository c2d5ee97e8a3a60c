#include "support/catch.hpp"

#include <clinic/error.hpp>

#include <boost/json.hpp>

#include <set>
#include <string>

using namespace clinic;

TEST_CASE("The error table is complete and usable", "[HTTP-3][core]") {
  std::set<std::string_view> words;
  for (const auto& row : error_table()) {
    CAPTURE(std::string(row.word));
    CHECK(words.insert(row.word).second);
    CHECK(&info(row.code) == &row);
    CHECK(!row.message.empty());
    CHECK(!row.remedy.empty());
    CHECK(row.http_status >= 400);
    CHECK(row.http_status < 600);
    if (row.word.starts_with("duplicate_")) CHECK(row.http_status == 409);
    const bool later = row.code == ErrorCode::too_many_attempts || row.code == ErrorCode::rate_limited;
    const bool slow = row.code == ErrorCode::request_timeout;
    CHECK(row.retryable == (later || slow || row.code == ErrorCode::busy || row.code == ErrorCode::unavailable));
    if (row.retryable) CHECK(row.http_status == (later ? 429 : slow ? 408 : 503));
  }
  CHECK(error_table().size() == static_cast<std::size_t>(ErrorCode::unsupported_media_type) + 1);
  CHECK(info(ErrorCode::not_found).http_status == 404);
  CHECK(info(ErrorCode::stale_record).http_status == 409);
  CHECK(info(ErrorCode::outcome_unknown).http_status == 503);
  CHECK(info(static_cast<ErrorCode>(250)).code == ErrorCode::internal);
}

TEST_CASE("Documented texts", "[PORTAL-3][core]") {
  CHECK(info(ErrorCode::duplicate_email).message == "A portal account with this email already exists.");
  CHECK(info(ErrorCode::duplicate_national_id).message == "A patient with this national ID already exists.");
  CHECK(info(ErrorCode::duplicate_record).message == "A patient with these details already exists.");
  CHECK(info(ErrorCode::validation_failed).message == "Validation failed");
  CHECK(info(ErrorCode::validation_failed).http_status == 400);
  CHECK(info(ErrorCode::constraint_violation).message == "Database constraint violation.");
  CHECK(info(ErrorCode::internal).message == "The operation failed");
  CHECK(info(ErrorCode::internal).http_status == 500);
}

TEST_CASE("An error says what it knows", "[PORTAL-3][HTTP-3][core]") {
  const Error plain(ErrorCode::not_found);
  CHECK(plain.what() == std::string("not_found: There is no such record."));
  CHECK(plain.http_status() == 404);

  Error error(ErrorCode::validation_failed, {},
              {{"portal_email", "required", "`portal_email` is required."}, {"a[1].b", "blank", "\"x\""}});
  CHECK(error.detail() == "`portal_email` is required.");
  CHECK(boost::json::parse(error.to_json()) == boost::json::parse(R"({"success":false,"error":"Validation failed",
    "detail":"`portal_email` is required.","code":"validation_failed","retryable":false,"status":400,"fields":[
      {"path":"portal_email","code":"required","message":"`portal_email` is required."},
      {"path":"a[1].b","code":"blank","message":"\"x\""}]})"));
  error.http_status(422);
  CHECK(error.http_status() == 422);

  const auto own = Error(ErrorCode::internal, "incident\n0199").with_message("Failed to create patient");
  CHECK(own.message() == "Failed to create patient");
  CHECK(own.what() == std::string("internal: Failed to create patient incident 0199"));
  CHECK(boost::json::parse(own.to_json()).at("status") == 500);
  CHECK_THROWS_AS(throw Error(ErrorCode::busy), std::exception);
}
