#include "base/storage_url.hpp"

#include <clinic/error.hpp>

namespace clinic {

StorageUrl::StorageUrl(std::string_view url) {
  const auto colon = url.find(':');
  if (colon == url.npos || colon == 0)
    throw Error(ErrorCode::configuration_invalid, {},
                {{"storage", "invalid_format",
                  "The storage is a URL such as sqlite:clinic.db or postgresql://host/database."}});
  scheme_ = url.substr(0, colon);
  // SQLAlchemy writes `postgresql+psycopg2://`, Heroku `postgres://`.
  if (auto plus = scheme_.find('+'); plus != scheme_.npos) scheme_.resize(plus);
  if (scheme_ == "postgres") scheme_ = "postgresql";
  if (scheme_ == "mariadb") scheme_ = "mysql";
  auto rest = url.substr(colon + 1);
  text_ = scheme_ + ":" + std::string(rest);
  // SQLAlchemy's form: three slashes are a relative path, four an absolute one.
  if (rest.starts_with("///")) rest.remove_prefix(3);
  path_ = rest.substr(0, rest.find('?'));
}

std::optional<std::string> StorageUrl::database_file() const {
  if (scheme_ != "sqlite" || in_memory()) return std::nullopt;
  return path_;
}

}  // namespace clinic
