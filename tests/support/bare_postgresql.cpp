#include "support/bare_client.hpp"

#include <libpq-fe.h>

#include <stdexcept>

namespace clinic::test {
namespace {

struct Closer {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
};
using Connection = std::unique_ptr<PGconn, Closer>;
using Result = std::unique_ptr<PGresult, Closer>;

/// The numbers of the server's own types, from its pg_type.h, which is in no client package.
enum Type : Oid { boolean = 16, int8 = 20, int2 = 21, int4 = 23, numeric = 1700 };

boost::json::value value_of(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column)) return nullptr;
  const std::string text(PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column)));
  switch (PQftype(result, column)) {
    case boolean:
      return text == "t" ? 1 : 0;
    case numeric:  // what a sum of integers is
    case int2:
    case int4:
    case int8:
      return std::stoll(text);
    default:
      return boost::json::string(text);
  }
}

class BarePostgresql final : public BareClient {
 public:
  explicit BarePostgresql(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection_.get()));
  }

  boost::json::array rows(const std::string& sql) override {
    const Result result(PQexec(connection_.get(), sql.c_str()));
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY)
      throw std::runtime_error(PQerrorMessage(connection_.get()));
    boost::json::array rows;
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      auto& object = rows.emplace_back(boost::json::object()).as_object();
      for (int column = 0; column < PQnfields(result.get()); ++column)
        object[PQfname(result.get(), column)] = value_of(result.get(), row, column);
    }
    return rows;
  }

 private:
  Connection connection_;
};

}  // namespace

std::unique_ptr<BareClient> bare_postgresql(const std::string& url) { return std::make_unique<BarePostgresql>(url); }

}  // namespace clinic::test
