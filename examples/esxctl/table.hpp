// Rows of text as a table for people, tab-separated values or JSON for programs.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace esxctl {

struct Cell {
  std::string text{};
  bool number = false;  ///< right-aligned, and without quotes in JSON
};

class Table {
 public:
  explicit Table(std::vector<std::string> columns) : columns_(std::move(columns)) {}

  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  /// `format` is "table", "tsv" or "json".
  void print(std::ostream& out, std::string_view format) const;

 private:
  void print_table(std::ostream& out) const;
  void print_tsv(std::ostream& out) const;
  void print_json(std::ostream& out) const;

  std::vector<std::string> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace esxctl
