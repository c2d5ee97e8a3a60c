#include "bare.hpp"

#include <map>

namespace clinic::bench {
namespace {

class Sqlite final : public BareServer {
 public:
  explicit Sqlite(const std::string& file) : database_(file) {}

  void run(const std::string& statement) override {
    const auto [known, first] = without_parameters_.try_emplace(statement);
    if (first) known->second = database_.prepare(statement);
    database_.execute(known->second);
  }

  std::size_t prepare(const std::string& statement) override {
    prepared_.push_back(database_.prepare(statement));
    return prepared_.size() - 1;
  }

  void execute(std::size_t prepared, const Parameters& parameters) override {
    for (std::size_t i = 0; i < parameters.size(); ++i)
      database_.bind(prepared_[prepared], static_cast<int>(i) + 1, parameters[i]);
    database_.execute(prepared_[prepared]);
  }

 private:
  BareDatabase database_;
  std::vector<sqlite3_stmt*> prepared_;
  std::map<std::string, sqlite3_stmt*> without_parameters_;
};

}  // namespace

std::unique_ptr<BareServer> bare_sqlite_server(const std::string& file) { return std::make_unique<Sqlite>(file); }

}  // namespace clinic::bench
