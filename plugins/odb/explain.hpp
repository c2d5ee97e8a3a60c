#pragma once

/// \file
/// What the exceptions of ODB and of its drivers mean.

#include "transaction.hpp"

#include <odb/exceptions.hxx>

#include <stdexcept>

namespace clinic::mapping {
namespace {

inline Failure connection_broke(Transaction* transaction, bool committing) {
  if (transaction) Driver::give_up(transaction->connection());
  const char* message = "the connection to the database broke";
  return committing ? Failure::outcome_unknown(message) : Failure::unavailable(message);
}

/// Called while the exception is handled. `transaction` is null outside of one.
Failure explain_exception(Transaction* transaction, bool committing) {
  try {
    throw;
  } catch (const odb::object_already_persistent&) {  // any violated constraint, not only the key
    return Driver::constraint_failure(transaction->connection());
  } catch (const odb::object_changed&) {
    return Failure::stale();
  } catch (const odb::connection_lost&) {
    return connection_broke(transaction, committing);
  } catch (const odb::deadlock&) {
    return Failure::conflict("the database found a deadlock or a serialization failure");
  } catch (const odb::timeout&) {
    return Failure::busy("another transaction kept a lock too long");
  } catch (const odb::recoverable&) {
    return Failure::conflict("the database asks to run the transaction again");
  } catch (const odb::database_exception& exception) {
    return Driver::explain(exception, transaction ? &transaction->connection() : nullptr, committing);
  } catch (const std::invalid_argument&) {  // from value_traits.hpp
    return Failure::refused("a value, in the record or in the database, is none that the plugin knows");
  } catch (const std::exception&) {
    if (transaction && Driver::broke(transaction->connection())) return connection_broke(transaction, committing);
    return plugin::detail::unexpected_exception();
  } catch (...) {
    return plugin::detail::unexpected_exception();
  }
}

/// Names the fields of a violated constraint instead of the index.
Failure Transaction::explain(bool committing) {
  const Failure failure = explain_exception(this, committing);
  if (failure.code() != CLINIC_PLUGIN_UNIQUE_VIOLATION || !written_) return failure;
  const auto fields = canonical_constraint(*written_, failure.constraint());
  return {CLINIC_PLUGIN_UNIQUE_VIOLATION, std::string(written_->host->name) + " is there already with this " + fields,
          fields, failure.native_code()};
}

}  // namespace
}  // namespace clinic::mapping
