// esxctl: what the library can do, from a command line.
#include "commands.hpp"

#include <esxvi/error.hpp>
#include <esxvi/version.hpp>

#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>

int main(int argc, char** argv) {
  CLI::App app{"Manages VMware ESX(i) hosts and vCenter servers", "esxctl"};
  app.set_version_flag("--version", ESXVI_VERSION_STRING);
  app.require_subcommand(1);

  esxctl::Connection connection;
  app.add_option("-c,--connect", connection.uri,
                 "esx://USER@HOST[:PORT]/?no_verify=1, vpx:// or https://; default: $ESXVI_URI")
      ->envname("ESXVI_URI");
  app.add_option("--password-file", connection.password_file,
                 "file whose first line is the password; else $ESXVI_PASSWORD, ~/.netrc, a prompt");

  int status = 0;
  esxctl::add_escape(app, status);
  esxctl::add_list(app, connection, status);
#ifdef ESXCTL_SIM
  esxctl::add_sim(app, connection, status);
#endif
  esxctl::add_wire(app, status);
  esxctl::add_vmx(app, status);

  try {
    app.parse(argc, argv);
  } catch (CLI::ParseError const& e) {
    return app.exit(e);
  } catch (std::exception const& e) {
    std::cerr << "esxctl: " << e.what() << '\n';
    return 1;
  }
  return status;
}
