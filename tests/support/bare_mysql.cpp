#include "support/bare_client.hpp"

#include <Poco/URI.h>
#include <mysql.h>

#include <stdexcept>

namespace clinic::test {
namespace {

struct Closer {
  void operator()(MYSQL* connection) const { mysql_close(connection); }
  void operator()(MYSQL_RES* result) const { mysql_free_result(result); }
};
using Connection = std::unique_ptr<MYSQL, Closer>;
using Result = std::unique_ptr<MYSQL_RES, Closer>;

boost::json::value value_of(const MYSQL_FIELD& column, const char* bytes, unsigned long size) {
  if (!bytes) return nullptr;
  switch (column.type) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_NEWDECIMAL:  // what a sum of integers is
      return std::stoll(std::string(bytes, size));
    default:
      return boost::json::string(bytes, size);
  }
}

boost::json::array rows_of(MYSQL_RES* result) {
  boost::json::array rows;
  const auto* columns = mysql_fetch_fields(result);
  const unsigned count = mysql_num_fields(result);
  while (char** row = mysql_fetch_row(result)) {
    const auto* sizes = mysql_fetch_lengths(result);
    auto& object = rows.emplace_back(boost::json::object()).as_object();
    for (unsigned column = 0; column < count; ++column)
      object[columns[column].name] = value_of(columns[column], row[column], sizes[column]);
  }
  return rows;
}

class BareMysql final : public BareClient {
 public:
  explicit BareMysql(const std::string& text) : connection_(mysql_init(nullptr)) {
    const Poco::URI url(text);
    const auto user = url.getUserInfo();  // with its escapes resolved
    const auto colon = user.find(':');
    const auto password = colon == user.npos ? std::string() : user.substr(colon + 1);
    const auto path = url.getPath();
    mysql_options(connection_.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (!mysql_real_connect(connection_.get(), url.getHost().c_str(), user.substr(0, colon).c_str(), password.c_str(),
                            path.empty() ? "" : path.c_str() + 1, url.getPort(), nullptr, CLIENT_MULTI_STATEMENTS))
      fail();
    rows("SET sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES')");
  }

  boost::json::array rows(const std::string& sql) override {
    if (mysql_real_query(connection_.get(), sql.data(), sql.size()) != 0) fail();
    boost::json::array rows;
    for (int more = 0; more == 0; more = mysql_next_result(connection_.get())) {
      const Result result(mysql_store_result(connection_.get()));
      if (!result && mysql_errno(connection_.get()) != 0) fail();
      rows = result ? rows_of(result.get()) : boost::json::array();
    }
    if (mysql_errno(connection_.get()) != 0) fail();
    return rows;
  }

 private:
  [[noreturn]] void fail() const { throw std::runtime_error(mysql_error(connection_.get())); }

  Connection connection_;
};

}  // namespace

std::unique_ptr<BareClient> bare_mysql(const std::string& url) { return std::make_unique<BareMysql>(url); }

}  // namespace clinic::test
