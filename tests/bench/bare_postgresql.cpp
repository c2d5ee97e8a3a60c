#include "bare_server.hpp"

#include <libpq-fe.h>

#include <stdexcept>

namespace clinic::bench {
namespace {

class Postgresql final : public BareServer {
 public:
  explicit Postgresql(const std::string& url) : connection_(PQconnectdb(url.c_str()), &PQfinish) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection_.get()));
  }

  void run(const std::string& statement) override { must(PQexec(connection_.get(), statement.c_str())); }

  std::size_t prepare(const std::string& statement) override {
    names_.push_back("bare_" + std::to_string(names_.size()));
    must(PQprepare(connection_.get(), names_.back().c_str(), statement.c_str(), 0, nullptr));
    return names_.size() - 1;
  }

  void execute(std::size_t prepared, const Parameters& parameters) override {
    values_.clear();
    for (const auto& parameter : parameters)
      values_.push_back(parameter.null ? nullptr : parameter.text.c_str());
    must(PQexecPrepared(connection_.get(), names_[prepared].c_str(), static_cast<int>(values_.size()), values_.data(),
                        nullptr, nullptr, 1));
  }

 private:
  void must(PGresult* result) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> owned(result, &PQclear);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) throw std::runtime_error(PQerrorMessage(connection_.get()));
  }

  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
  std::vector<std::string> names_;
  std::vector<const char*> values_;
};

}  // namespace

std::unique_ptr<BareServer> bare_postgresql_server(const std::string& url) { return std::make_unique<Postgresql>(url); }

}  // namespace clinic::bench
