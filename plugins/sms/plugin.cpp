/// \file
/// A notifier that sends SMS through HTTP gateways. What is a gateway's own stands in a JSON file (gateways/).

#include "answer.hpp"
#include "pool.hpp"
#include "receipts.hpp"
#include "request.hpp"
#include "settings.hpp"

#include <clinic/plugin/notifier.hpp>

#include <chrono>

namespace {

using std::chrono::system_clock;

class SmsNotifier final : public clinic::plugin::Notifier {
 public:
  SmsNotifier(clinic::plugin::Host, std::string_view url)
      : settings_(clinic::sms::Settings::parse(url)), pool_(settings_) {}

  void submit(const clinic_outgoing_message& message, clinic_submission& submission) override {
    const auto answer = pool_.exchange(clinic::sms::request_for(settings_, message));
    clinic::sms::judge(settings_, answer, system_clock::now(), submission);
  }

  bool serves(std::string_view channel) const noexcept override { return channel == "sms"; }

  void read_receipts(const clinic_receipt_request& request,
                     const std::function<void(const clinic_receipt&)>& found) override {
    clinic::sms::read_receipt(settings_, request, system_clock::now(), found);
  }

  void health() override {
    if (settings_.gateway.health.empty())
      pool_.reach();
    else
      clinic::sms::judge_health(settings_, pool_.exchange(clinic::sms::health_request(settings_)));
  }

 private:
  clinic::sms::Settings settings_;
  clinic::sms::Pool pool_;
};

}  // namespace

CLINIC_NOTIFIER_PLUGIN(SmsNotifier, "sms", CLINIC_PLUGIN_VERSION, "MIT");
