#include "bare_server.hpp"

#include <Poco/URI.h>

#include <mysql.h>

#include <stdexcept>

namespace clinic::bench {
namespace {

class Mysql final : public BareServer {
 public:
  explicit Mysql(const std::string& url) : connection_(mysql_init(nullptr), &mysql_close) {
    const Poco::URI uri(url);
    const auto colon = uri.getUserInfo().find(':');
    mysql_options(connection_.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (!mysql_real_connect(connection_.get(), uri.getHost().c_str(), uri.getUserInfo().substr(0, colon).c_str(),
                            uri.getUserInfo().substr(colon + 1).c_str(), uri.getPath().substr(1).c_str(),
                            uri.getSpecifiedPort(), nullptr, 0))
      throw std::runtime_error(mysql_error(connection_.get()));
    run("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
  }

  void run(const std::string& statement) override {
    must(mysql_real_query(connection_.get(), statement.data(), static_cast<unsigned long>(statement.size())));
  }

  std::size_t prepare(const std::string& statement) override {
    statements_.emplace_back(mysql_stmt_init(connection_.get()), &mysql_stmt_close);
    must(mysql_stmt_prepare(statements_.back().get(), statement.data(), static_cast<unsigned long>(statement.size())));
    return statements_.size() - 1;
  }

  void execute(std::size_t prepared, const Parameters& parameters) override {
    binds_.assign(parameters.size(), MYSQL_BIND{});
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      auto& bind = binds_[i];
      const auto& from = parameters[i];
      bind.buffer_type = from.null ? MYSQL_TYPE_NULL : from.is_integer ? MYSQL_TYPE_LONGLONG : MYSQL_TYPE_STRING;
      bind.buffer = from.is_integer ? static_cast<void*>(const_cast<long long*>(&from.integer))
                                    : const_cast<char*>(from.text.data());
      bind.buffer_length = static_cast<unsigned long>(from.text.size());
    }
    auto* statement = statements_[prepared].get();
    must(mysql_stmt_bind_param(statement, binds_.data()));
    if (mysql_stmt_execute(statement) != 0) throw std::runtime_error(mysql_stmt_error(statement));
  }

 private:
  void must(int failed) {
    if (failed) throw std::runtime_error(mysql_error(connection_.get()));
  }

  std::unique_ptr<MYSQL, decltype(&mysql_close)> connection_;
  std::vector<std::unique_ptr<MYSQL_STMT, decltype(&mysql_stmt_close)>> statements_;
  std::vector<MYSQL_BIND> binds_;
};

}  // namespace

std::unique_ptr<BareServer> bare_mysql_server(const std::string& url) { return std::make_unique<Mysql>(url); }

}  // namespace clinic::bench
