#include "doing.hpp"

#include <random>

namespace clinic::test {
namespace {

/// One more change of somebody, whoever else does the same: the role follows from the version that it changes. A busy
/// database is asked again, as every host does.
void change_somebody(const UserService& users, const std::string& id) {
  for (;;) {
    try {
      const auto version = users.get({id}).version;
      users.change_role({.user = id, .version = version, .role = role_of_version(version + 1)});
      return;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::stale_record && error.code() != ErrorCode::busy) throw;
    }
  }
}

}  // namespace

void change(const Job& job) {
  const auto clinic = open_clinic(job);
  say_ready();
  wait_until_told();
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < job.threads; ++thread)
    threads.emplace_back([&] {
      try {
        const auto users = clinic.act_as(Actor::system("changing")).users();
        std::minstd_rand random{std::random_device{}()};
        for (int i = 0; i < job.changes; ++i)
          change_somebody(users, user_id(std::uniform_int_distribution(0, job.users - 1)(random)));
      } catch (const std::exception& failure) {
        std::cerr << "clinic_delivery_worker: " << failure.what() << std::endl;
        std::_Exit(3);
      }
    });
}

}  // namespace clinic::test
