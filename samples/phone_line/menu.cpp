#include "menu.hpp"

#include <chrono>
#include <ctime>
#include <iomanip>
#include <sstream>
#include <thread>

namespace {

const std::vector<std::string> doctors = {"Dr. Rao", "Dr. Wanjiru", "Dr. Haddad"};
const std::vector<int> hours = {9, 11, 14, 16};
constexpr int days_ahead = 3;
constexpr int tries = 3;
constexpr std::chrono::milliseconds pause(200);

/// Times are those of this machine's clock. Set TZ where the clinic stands in another zone.
std::tm local(std::time_t time) {
  std::tm parts{};
  localtime_r(&time, &parts);
  return parts;
}

std::time_t at(std::tm today, int days_later, int hour) {
  today.tm_mday += days_later;
  today.tm_hour = hour;
  today.tm_min = today.tm_sec = 0;
  today.tm_isdst = -1;
  return std::mktime(&today);
}

std::string in_words(std::time_t time, const char* format) {
  std::ostringstream words;
  const auto parts = local(time);
  words << std::put_time(&parts, format);
  return words.str();
}

std::time_t ask_time(Call& call) {
  const auto today = local(std::time(nullptr));
  std::vector<std::string> days, times;
  for (int day = 1; day <= days_ahead; ++day)
    days.push_back(in_words(at(today, day, 12), "%A, %d %B"));
  for (const int hour : hours)
    times.push_back(in_words(at(today, 1, hour), "%H:%M"));
  const auto day = call.choose("On which day?", days);
  return at(today, static_cast<int>(day) + 1, hours[call.choose("At what time?", times)]);
}

clinic::BookByPhone ask_booking(Call& call) {
  for (;;) {
    const auto doctor = doctors[call.choose("With whom?", doctors)];
    const auto time = ask_time(call);
    clinic::BookByPhone wanted;
    wanted.phone = call.number();
    wanted.doctor = doctor;
    wanted.starts_at =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::from_time_t(time));
    if (call.choose("For whom?", {"for you", "for somebody of your household"}) == 1) {
      wanted.first_name = call.ask_words("Say the first name.");
      wanted.last_name = call.ask_words("Say the last name.");
    }
    const auto summary = doctor + ", " + in_words(time, "%A, %d %B, %H:%M") + "?";
    if (call.choose(summary, {"book it", "begin again"}) == 0) return wanted;
  }
}

/// Under the call's id: what is tried again, after an answer that was lost, books once.
clinic::PhoneBooking book(const clinic::Session& line, const Call& call, const clinic::BookByPhone& wanted) {
  for (int left = tries - 1;; --left) {
    try {
      return line.phone_line().book(wanted, {.idempotency_key = call.id()});
    } catch (const clinic::Error& error) {
      const bool again = error.retryable() || error.code() == clinic::ErrorCode::outcome_unknown;
      if (!again || left == 0) throw;
      std::this_thread::sleep_for(pause);
    }
  }
}

/// What the caller can do about it. The cause of everything else is in the clinic's log.
std::string apology(const clinic::Error& error) {
  if (error.code() == clinic::ErrorCode::not_linked)
    return "Please ask at the desk: we cannot book for this telephone.";
  const auto field = error.fields().empty() ? std::string() : error.fields().front().path;
  if (field == "phone") return "We do not see your number. Please call again and show it.";
  if (field == "first_name" || field == "last_name") return "We did not understand the name. Please call again.";
  return "We cannot book at this moment. Please call again in a few minutes.";
}

}  // namespace

void answer(const clinic::Session& line, Call& call) {
  call.say("Welcome to the clinic.");
  const auto wanted = ask_booking(call);
  try {
    const auto booked = book(line, call, wanted);
    call.say("It is booked.");
    if (booked.account == clinic::PhoneAccount::made)
      call.say("You get a message with which you can log in and see your bookings.");
  } catch (const clinic::Error& error) {
    call.say(apology(error));
  }
  call.say("Goodbye.");
}
