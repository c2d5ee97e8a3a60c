#pragma once

#include "statement_cache.hpp"

#include <odb/details/shared-ptr.hxx>

#include <chrono>

namespace clinic::mapping {
namespace {

/// A connection with its prepared statements. Used by one transaction at a time.
struct Session {
  explicit Session(odb::details::shared_ptr<Driver::Connection> opened) : connection(std::move(opened)) {}

  odb::details::shared_ptr<Driver::Connection> connection;
  StatementCache statements;
  Shape shape;    ///< of the call that runs; here so that its memory is reused
  Values values;  ///< of the call that runs
  std::chrono::steady_clock::time_point idle_since{};
};

}  // namespace
}  // namespace clinic::mapping
