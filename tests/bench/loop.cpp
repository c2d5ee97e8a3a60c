#include "loop.hpp"

#include "folder.hpp"
#include "people.hpp"
#include "ways.hpp"

#include <functional>

namespace clinic::bench {
namespace {

constexpr std::size_t people = 500;

template <class Request>
std::function<void()> one(const std::string& way, CppWay& typed, CWay& in_c, const char* operation, Request request,
                          std::function<void(const Request&)> call) {
  if (way == "cpp") return [request, call] { call(request); };
  const auto text = json_of(request);
  if (way == "json") return [&typed, operation, text] { typed.desk.call(operation, text); };
  if (way == "c") return [&in_c, operation, text] { in_c.call(operation, text); };
  throw std::invalid_argument("ways are cpp, json and c, not " + way);
}

}  // namespace

int loop(const std::string& what, const std::string& way, std::size_t turns) {
  const Folder folder("/dev/shm");
  CppWay typed(folder.file("loop"));
  CWay in_c(folder.file("loop"));
  std::string id;
  for (std::size_t i = 0; i < people; ++i)
    id = typed.desk.patients().register_patient(person(i, false)).patient.id;
  const auto patients = typed.desk.patients();
  if (what == "register") {
    for (std::size_t i = people; i < people + turns; ++i)
      one<RegisterPatient>(way, typed, in_c, "patients.register", person(i, true),
                           [&](const auto& request) { patients.register_patient(request); })();
    return 0;
  }
  std::function<void()> work;
  if (what == "get")
    work = one<PatientKey>(way, typed, in_c, "patients.get", {id}, [&](const auto& request) { patients.get(request); });
  else if (what == "find" || what == "search")
    work = one<SearchPatients>(way, typed, in_c, "patients.search",
                               {.q = what == "find" ? email_of(people / 2) : "smith", .limit = 20},
                               [&](const auto& request) { patients.search(request); });
  else
    throw std::invalid_argument("there are register, get, find and search, not " + what);
  for (std::size_t i = 0; i < turns; ++i)
    work();
  return 0;
}

}  // namespace clinic::bench
