// esxctl escape: encodes and decodes names and texts, one a line.
#include "commands.hpp"
#include "escape_lines.hpp"

#include <CLI/CLI.hpp>

#include <cstddef>
#include <iostream>
#include <memory>
#include <string>

namespace esxctl {

namespace {

struct Options {
  std::string operation{};
  std::string scheme{};
};

int escape(Options const& options) {
  auto const* scheme = find_scheme(options.scheme);
  auto const operation = scheme != nullptr ? scheme->operation(options.operation) : nullptr;
  if (operation == nullptr) {
    std::cerr << "esxctl escape: ";
    if (scheme == nullptr)
      std::cerr << "no scheme is called '" << options.scheme << "'";
    else
      std::cerr << "'" << options.scheme << "' has no '" << options.operation << "'";
    std::cerr << "; there are:\n";
    for (auto const& known : schemes) {
      std::cerr << "  " << known.name << ':';
      for (char const* name : {"encode", "decode", "decode-strict", "decode-lenient"})
        if (known.operation(name) != nullptr) std::cerr << ' ' << name;
      std::cerr << '\n';
    }
    return 2;
  }
  std::ios::sync_with_stdio(false);
  std::size_t refused = 0;
  for (std::string line; std::getline(std::cin, line);) {
    auto const text = result(line, operation);
    std::cout << line_of_text(text) << '\n';
    if (!text) ++refused;
  }
  if (refused == 0) return 0;
  warn(refused == 1 ? "1 line was refused" : std::to_string(refused) + " lines were refused");
  return 1;
}

}  // namespace

void add_escape(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("escape",
                                     "encode or decode names and texts: lines with the escapes of "
                                     "C on standard input. A line that "
                                     "is refused becomes <error>, and the exit code 1");
  auto const options = std::make_shared<Options>();
  command
      ->add_option("operation", options->operation,
                   "encode, decode, decode-strict or decode-lenient; also replace (winpath) and "
                   "parse (dspath)")
      ->required();
  command
      ->add_option("scheme", options->scheme,
                   "percent, pipe, vmxname, winpath, vmbase64, dsitem, uri, xml, windows1252 or "
                   "dspath")
      ->required();
  command->callback([&status, options] { status = escape(*options); });
}

}  // namespace esxctl
