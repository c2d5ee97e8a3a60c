#include "error_view.hpp"

#include "terminal.hpp"
#include "text.hpp"

#include <iostream>

namespace clinic::cli {

void report(const Error& error, bool as_json) {
  if (as_json || !errors_go_to_terminal()) {
    std::cerr << error.to_json() << std::endl;
    return;
  }
  const auto& known = info(error.code());
  const auto code = " (" + std::string(known.word) + ")";
  std::cerr << styled("error: ", Style::red, Stream::errors) << harmless(error.message())
            << styled(code, Style::dim, Stream::errors) << '\n';
  if (!error.detail().empty() && error.fields().empty()) std::cerr << "  " << harmless(error.detail()) << '\n';
  for (const auto& field : error.fields())
    std::cerr << "  " << styled(harmless(field.path), Style::bold, Stream::errors) << "  " << harmless(field.message)
              << '\n';
  if (!known.remedy.empty()) std::cerr << styled(known.remedy, Style::dim, Stream::errors) << '\n';
}

}  // namespace clinic::cli
