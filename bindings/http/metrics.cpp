#include "metrics.hpp"

#include <clinic/error.hpp>

#include <algorithm>
#include <sstream>

namespace clinic::http {
namespace {

std::size_t index_of(std::optional<ErrorCode> error) { return error ? static_cast<std::size_t>(*error) + 1 : 0; }

std::string_view code_at(std::size_t index) {
  return index == 0 ? "done" : info(static_cast<ErrorCode>(index - 1)).word;
}

std::string_view name_at(std::size_t index) {
  const auto& table = bindings::operation_table();
  return index < table.size() ? std::string_view(table[index].name) : "none";
}

class Text {
 public:
  template <class Value>
  void single(std::string_view name, std::string_view help, Value value) {
    head(name, "gauge", help);
    out_ << name << ' ' << value << '\n';
  }
  void head(std::string_view name, std::string_view type, std::string_view help) {
    out_ << "# HELP " << name << ' ' << help << "\n# TYPE " << name << ' ' << type << '\n';
  }
  std::ostringstream& out() { return out_; }

 private:
  std::ostringstream out_;
};

}  // namespace

Metrics::Metrics() : rows_(bindings::operation_table().size() + 1) {
  for (auto& row : rows_)
    row.answers = std::vector<std::atomic<std::uint64_t>>(error_table().size() + 1);
}

Metrics::Row& Metrics::row_of(const Exchange& exchange) {
  if (!exchange.place) return rows_.back();
  return rows_[static_cast<std::size_t>(exchange.place->operation - bindings::operation_table().data())];
}

void Metrics::count(const Exchange& exchange) {
  const auto took =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - exchange.begin);
  const auto seconds = std::chrono::duration<double>(took).count();
  auto& row = row_of(exchange);
  const auto relaxed = std::memory_order_relaxed;
  row.answers[index_of(exchange.error)].fetch_add(1, relaxed);
  const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), seconds) - bounds.begin();
  row.times[static_cast<std::size_t>(bucket)].fetch_add(1, relaxed);
  row.microseconds.fetch_add(static_cast<std::uint64_t>(took.count()), relaxed);
}

std::string Metrics::text(const Load& load, const std::optional<SystemMetrics>& system) const {
  Text text;
  auto& out = text.out();
  text.head("clinic_http_requests_total", "counter", "Answered requests, by operation and code.");
  for (std::size_t i = 0; i < rows_.size(); ++i)
    for (std::size_t code = 0; code < rows_[i].answers.size(); ++code)
      if (const auto count = rows_[i].answers[code].load(std::memory_order_relaxed))
        out << "clinic_http_requests_total{operation=\"" << name_at(i) << "\",code=\"" << code_at(code) << "\"} "
            << count << '\n';
  text.head("clinic_http_request_seconds", "histogram", "Seconds from a request's head to its answer, by operation.");
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    std::uint64_t total = 0;
    for (const auto& times : rows_[i].times)
      total += times.load(std::memory_order_relaxed);
    if (total == 0) continue;
    const auto label = "{operation=\"" + std::string(name_at(i)) + "\"";
    std::uint64_t below = 0;
    for (std::size_t bucket = 0; bucket < bounds.size(); ++bucket) {
      below += rows_[i].times[bucket].load(std::memory_order_relaxed);
      out << "clinic_http_request_seconds_bucket" << label << ",le=\"" << bounds[bucket] << "\"} " << below << '\n';
    }
    constexpr double microseconds_in_second = 1e6;
    out << "clinic_http_request_seconds_bucket" << label << ",le=\"+Inf\"} " << total << '\n';
    out << "clinic_http_request_seconds_sum" << label << "} "
        << static_cast<double>(rows_[i].microseconds.load(std::memory_order_relaxed)) / microseconds_in_second << '\n';
    out << "clinic_http_request_seconds_count" << label << "} " << total << '\n';
  }
  text.single("clinic_http_connections", "Open connections.", load.connections);
  text.single("clinic_http_calls_running", "Calls that run.", load.running);
  text.single("clinic_http_calls_waiting", "Calls that wait for their turn.", load.waiting);
  text.single("clinic_http_calls_hashing", "Calls that wait for a password hash.", load.hashing);
  text.single("clinic_database_up", "Whether the database answers.", system ? 1 : 0);
  if (!system) return out.str();
  text.head("clinic_hash_queue", "gauge", "Calls of this process that wait for their turn to hash a password.");
  out << "clinic_hash_queue{line=\"desk\"} " << system->hashes_waiting_desk << '\n';
  out << "clinic_hash_queue{line=\"door\"} " << system->hashes_waiting_door << '\n';
  text.single("clinic_outbox_due", "Messages that are due and not sent yet.", system->messages_due);
  text.single("clinic_outbox_oldest_seconds", "For how long the oldest of them has been due.",
              system->oldest_due_seconds);
  text.single("clinic_audit_unsealed_seconds", "Age of the oldest entry of the audit without a seal.",
              system->unsealed_seconds);
  return out.str();
}

}  // namespace clinic::http
