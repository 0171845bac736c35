// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// typegen: from a vim25 schema to headers of described C++ types.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

#include "document_source.hpp"
#include "emit.hpp"
#include "output.hpp"
#include "statistics.hpp"
#include "text_form.hpp"
#include "wsdl.hpp"

namespace {

using namespace esxvi::typegen;

struct Arguments {
  std::string schema{};
  std::string wsdl{};
  std::string output{};
  std::string write_wsdl{};
  bool insecure = false;
  bool check = false;
  bool print_schema = false;
  bool print_statistics = false;
};

void add_options(CLI::App& app, Arguments& arguments) {
  app.add_option("--schema", arguments.schema, "Schema in the text form (vim25.schema)")
      ->type_name("FILE");
  app.add_option("--wsdl", arguments.wsdl,
                 "Folder with vimService.wsdl and its XSD files, or https://HOST/sdk/ to read them "
                 "from a server; with --schema it decides types, fields and methods, and the "
                 "schema adds what a WSDL does not say")
      ->type_name("FOLDER_OR_URL");
  app.add_flag("--insecure", arguments.insecure, "Accept any certificate of that server");
  app.add_option("--output", arguments.output, "Folder of the generated headers")
      ->type_name("FOLDER");
  app.add_option("--write-wsdl", arguments.write_wsdl,
                 "Folder for the description as servers serve it: vimService.wsdl and its files")
      ->type_name("FOLDER");
  app.add_flag("--check", arguments.check,
               "Write nothing; list what differs in the output folder, exit 1 if anything does");
  app.add_flag("--print-schema", arguments.print_schema, "Print the schema in the text form");
  app.add_flag("--stats", arguments.print_statistics, "Print counts");
}

Schema read_input(const Arguments& arguments, std::vector<std::string>& notes) {
  std::optional<Schema> known;
  if (!arguments.schema.empty()) known = read_text(read_file(arguments.schema), arguments.schema);
  if (arguments.wsdl.empty()) return std::move(*known);
  const Schema wsdl = read_wsdl(open_documents(arguments.wsdl, arguments.insecure), arguments.wsdl);
  return known ? merge_facts(wsdl, *known, notes) : wsdl;
}

void write_documents(const Schema& schema, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (const auto& [name, text] : write_wsdl(schema)) write_file(folder / name, text);
}

int run(const Arguments& arguments) {
  std::vector<std::string> notes;
  const Schema schema = read_input(arguments, notes);
  if (arguments.print_schema) std::cout << print_text(schema);
  const Model model(schema);
  notes.insert(notes.end(), model.names.notes().begin(), model.names.notes().end());
  for (const std::string& note : notes) std::cerr << "typegen: " << note << '\n';
  if (arguments.print_statistics) std::cout << statistics(model);
  if (!arguments.write_wsdl.empty()) write_documents(schema, arguments.write_wsdl);
  if (arguments.output.empty()) return 0;
  const Files files = generate(model);
  if (!arguments.check) {
    const std::size_t touched = write(files, arguments.output);
    std::cerr << "typegen: " << files.size() << " files, " << touched << " changed\n";
    return 0;
  }
  const std::vector<std::string> differences = compare(files, arguments.output);
  for (const std::string& difference : differences) std::cout << difference << '\n';
  return differences.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Generates the headers of esxvi's API types from a vim25 schema or a WSDL.",
               "typegen");
  add_options(app, arguments);
  CLI11_PARSE(app, argc, argv);
  const auto usage = [](const char* reason) {
    std::cerr << "typegen: " << reason << " (--help tells more)\n";
    return 2;
  };
  if (arguments.schema.empty() && arguments.wsdl.empty())
    return usage("--schema or --wsdl is needed");
  if (arguments.check && arguments.output.empty()) return usage("--check needs --output");
  if (arguments.output.empty() && arguments.write_wsdl.empty() && !arguments.print_schema &&
      !arguments.print_statistics)
    return usage("nothing to do: give --output, --write-wsdl, --print-schema or --stats");
  try {
    return run(arguments);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
