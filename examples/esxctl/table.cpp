#include "table.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstddef>

namespace esxctl {

namespace {

// Characters, not bytes: names are UTF-8.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

// A name may hold what would break a line or drive a terminal.
std::string printable(std::string_view text) {
  std::string out;
  for (char const c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      out += '?';
    else
      out += c;
  }
  return out;
}

}  // namespace

void Table::print(std::ostream& out, std::string_view format) const {
  if (format == "json")
    print_json(out);
  else if (format == "tsv")
    print_tsv(out);
  else
    print_table(out);
}

void Table::print_table(std::ostream& out) const {
  std::vector<std::size_t> widths;
  for (auto const& column : columns_) widths.push_back(width(column));
  for (auto const& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], width(row[i].text));

  auto const put = [&](std::size_t i, std::string const& text, bool right) {
    std::string const fill(widths[i] - width(text), ' ');
    bool const last = i + 1 == widths.size();
    out << (right ? fill : "") << text << (last ? "\n" : (right ? "" : fill) + "  ");
  };
  for (std::size_t i = 0; i < columns_.size(); ++i) put(i, columns_[i], false);
  for (auto const& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) put(i, printable(row[i].text), row[i].number);
}

void Table::print_tsv(std::ostream& out) const {
  for (std::size_t i = 0; i < columns_.size(); ++i)
    out << columns_[i] << (i + 1 < columns_.size() ? "\t" : "\n");
  for (auto const& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i)
      out << printable(row[i].text) << (i + 1 < row.size() ? "\t" : "\n");
}

void Table::print_json(std::ostream& out) const {
  boost::json::array all;
  for (auto const& row : rows_) {
    boost::json::object object;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (row[i].number && row[i].text.empty())
        object[columns_[i]] = nullptr;
      else if (row[i].number)
        object[columns_[i]] = std::stoll(row[i].text);
      else
        object[columns_[i]] = row[i].text;
    }
    all.push_back(std::move(object));
  }
  out << boost::json::serialize(all) << '\n';
}

}  // namespace esxctl
