#pragma once

/// \file
/// The reference documents, each as the text of its file.

#include <string>

namespace clinic::docs {

std::string operations_page();
std::string access_page();
std::string endpoints_page();
std::string errors_page();
std::string configuration_page();
std::string data_dictionary_page();
std::string records_page();

}  // namespace clinic::docs
