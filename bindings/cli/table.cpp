#include "table.hpp"

#include "terminal.hpp"
#include "text.hpp"

#include <algorithm>
#include <numeric>
#include <ostream>

namespace clinic::cli {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t readable = 20;  // a column is cut to this much before one on its right is left out

struct Layout {
  std::vector<std::size_t> widths;  ///< of the columns that are shown
};

std::size_t total(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), std::size_t{0}) + gap * (widths.empty() ? 0 : widths.size() - 1);
}

std::vector<std::size_t> natural_widths(const Table& table) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    auto width = display_width(table.columns[i]);
    for (const auto& row : table.rows)
      width = std::max(width, display_width(row[i]));
    widths.push_back(width);
  }
  return widths;
}

Layout lay_out(const std::vector<std::size_t>& natural, std::size_t width) {
  Layout layout;
  for (auto wanted : natural) {
    auto next = layout.widths;
    next.push_back(std::min(wanted, readable));
    if (!layout.widths.empty() && total(next) > width) break;
    layout.widths = std::move(next);
  }
  // What is left over goes to the columns that are cut, from the left.
  auto used = total(layout.widths);
  auto left = used < width ? width - used : 0;
  for (std::size_t i = 0; i < layout.widths.size(); ++i) {
    auto more = std::min(left, natural[i] - layout.widths[i]);
    layout.widths[i] += more;
    left -= more;
  }
  return layout;
}

}  // namespace

std::vector<std::string> Table::print(std::ostream& out, std::size_t width) const {
  const auto layout = lay_out(natural_widths(*this), width);
  const auto shown = layout.widths.size();
  auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (std::size_t i = 0; i < shown; ++i) {
      bool right = i < right_aligned.size() && right_aligned[i];
      if (wrap_last && i + 1 == columns.size()) {
        text += wrap(cells[i], layout.widths[i], display_width(text));
        continue;
      }
      auto cell = fit(cells[i], layout.widths[i]);
      text += i + 1 == shown && !right ? cell : pad(cell, layout.widths[i], right);
      if (i + 1 < shown) text.append(gap, ' ');
    }
    return text;
  };
  out << styled(line(columns), Style::bold) << '\n';
  for (const auto& row : rows)
    out << line(row) << '\n';
  return {columns.begin() + static_cast<std::ptrdiff_t>(shown), columns.end()};
}

}  // namespace clinic::cli
