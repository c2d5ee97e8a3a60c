#pragma once

#include "sql_builder.hpp"

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace clinic::mapping {
namespace {

/// A statement prepared for a shape, with room for its values. ODB keeps pointers to both members.
struct Statement {
  Statement(std::string statement_name, std::size_t slot_count) : name(std::move(statement_name)), slots(slot_count) {}
  virtual ~Statement() = default;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  const std::string name;
  std::vector<Slot> slots;  ///< never resized
};

/// The prepared statements of one connection, by shape. The least recently used one goes when there are too many.
class StatementCache {
 public:
  /// The statement of that shape, made by `make(name)` when there is none; then with the values in its slots.
  template <class Made, class Make>
  Made& get(const Shape& shape, const Values& values, Make make) {
    auto found = by_shape_.find(shape);
    if (found == by_shape_.end())
      found = insert(shape, make("clinic_" + std::to_string(++made_)));
    else
      recent_.splice(recent_.begin(), recent_, found->second.place);
    auto& statement = static_cast<Made&>(*found->second.statement);  // the kind is in the shape
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto& value = *values[i];
      if (value.kind == CLINIC_TEXT)
        statement.slots[i].text.assign(value.as.text.data, value.as.text.size);
      else
        statement.slots[i].integer = value.as.integer;
    }
    return statement;
  }

 private:
  static constexpr std::size_t most_statements = 256;

  struct Entry {
    std::unique_ptr<Statement> statement;
    std::list<const Shape*>::iterator place{};
  };
  using Map = std::unordered_map<Shape, Entry, ShapeHash>;

  Map::iterator insert(const Shape& shape, std::unique_ptr<Statement> statement) {
    if (by_shape_.size() >= most_statements) {
      by_shape_.erase(*recent_.back());
      recent_.pop_back();
    }
    auto place = by_shape_.emplace(shape, Entry{std::move(statement)}).first;
    recent_.push_front(&place->first);
    place->second.place = recent_.begin();
    return place;
  }

  Map by_shape_;
  std::list<const Shape*> recent_;
  std::uint64_t made_ = 0;
};

}  // namespace
}  // namespace clinic::mapping
