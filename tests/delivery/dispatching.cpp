#include "doing.hpp"

namespace clinic::test {
namespace {

const Lines& lines(clinic_notifier* notifier) { return *reinterpret_cast<const Lines*>(notifier); }

int send(clinic_notifier* notifier, const clinic_outgoing_message* message, clinic_plugin_error*) {
  lines(notifier).append(message->id);
  return CLINIC_PLUGIN_OK;
}

int never_opened(const clinic_plugin_host*, const char*, clinic_notifier**, clinic_plugin_error*) {
  return CLINIC_PLUGIN_REFUSED;
}

constexpr clinic_notifier_table table{.struct_size = sizeof table,
                                      .open = never_opened,
                                      .close = [](clinic_notifier*) {},
                                      .send = send,
                                      .health = nullptr,
                                      .submit = nullptr,
                                      .read_receipts = nullptr,
                                      .serves = nullptr};

}  // namespace

void dispatch(const Job& job) {
  Lines sent(job.file);
  Environment environment;
  environment.notifiers = {{MessageChannel::email, &table, reinterpret_cast<clinic_notifier*>(&sent), job.connections}};
  const auto clinic = open_clinic(job, std::move(environment));
  say_ready();
  wait_until_told();
}

}  // namespace clinic::test
