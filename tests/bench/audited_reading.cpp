/// \file
/// What it costs to write down who read what (Policy::audit_reads).

#include "captured.hpp"
#include "folder.hpp"
#include "people.hpp"
#include "scenes.hpp"

namespace clinic::bench {
namespace {

Configuration auditing_reads(bool audited, Configuration configured) {
  configured.policy.text = std::string(R"({"audit_seal_seconds":0,"audit_reads":)") + (audited ? "true}" : "false}");
  return configured;
}

}  // namespace

void audited_reading(const Place& place, const Rounds& rounds) {
  constexpr std::int64_t page = 50;
  const Folder folder(place.folder);
  const auto file = folder.file("audited");
  const auto plain = Clinic::open(auditing_reads(false, configuration(file))),
             audited = Clinic::open(auditing_reads(true, configuration(file)));
  const auto desk = plain.act_as(Actor::system("desk")), watched = audited.act_as(Actor::system("desk"));
  std::string id;
  for (std::size_t i = 0; i < page; ++i)
    id = desk.patients().register_patient(person(i, false)).patient.id;
  const auto both = [&](const std::string& title, const std::function<void(const Session&)>& read) {
    print(title + place.words, contest(rounds, {{"not audited", [&](std::size_t) { read(desk); }},
                                                {"audited", [&](std::size_t) { read(watched); }}}));
  };
  both("patients.get, ", [&](const Session& session) { session.patients().get({id}); });
  both("patients.list of 50, ", [&](const Session& session) { session.patients().list({.limit = page}); });
}

}  // namespace clinic::bench
