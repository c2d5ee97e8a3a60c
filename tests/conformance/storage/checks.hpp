#pragma once

/// \file
/// The storage promises, by what they are about.

#include "bench.hpp"

#include <vector>

namespace clinic::conformance {

std::vector<StorageCheck> opening_checks();
std::vector<StorageCheck> schema_checks();
std::vector<StorageCheck> model_checks();
std::vector<StorageCheck> record_checks();
std::vector<StorageCheck> text_checks();
std::vector<StorageCheck> number_checks();
std::vector<StorageCheck> null_checks();
std::vector<StorageCheck> criteria_checks();
std::vector<StorageCheck> order_checks();
std::vector<StorageCheck> aggregate_checks();
std::vector<StorageCheck> change_checks();
std::vector<StorageCheck> unique_checks();
std::vector<StorageCheck> transaction_checks();
std::vector<StorageCheck> broken_checks();
std::vector<StorageCheck> touch_checks();
std::vector<StorageCheck> waiting_checks();
std::vector<StorageCheck> callback_checks();
std::vector<StorageCheck> misuse_checks();
std::vector<StorageCheck> secrecy_checks();
std::vector<StorageCheck> thread_checks();
std::vector<StorageCheck> process_checks();
/// Leaves a database that is good for nothing else.
std::vector<StorageCheck> newer_schema_checks();

}  // namespace clinic::conformance
