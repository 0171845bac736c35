// esxctl: what the library can do, from a command line.
#include "commands.hpp"

#include <esxvi/error.hpp>
#include <esxvi/version.hpp>

#include <CLI/CLI.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <string>

namespace {

/// Without it the first socket or file would become what a caller has closed, and get what is
/// meant for standard output. Writing there still fails, since it is opened for reading.
void open_closed_streams() {
  for (int const stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(stream, F_GETFD) < 0)
      static_cast<void>(::open("/dev/null", O_RDONLY));  // takes the lowest number: this one
}

/// The names of the commands that were given.
std::string given_commands(CLI::App const& app) {
  auto const commands = app.get_subcommands();
  return app.get_name() + (commands.empty() ? "" : " " + given_commands(*commands.front()));
}

bool lacks_command(CLI::App const& app) {
  auto const commands = app.get_subcommands();
  return commands.empty() ? app.get_require_subcommand_min() > 0 : lacks_command(*commands.front());
}

/// "A subcommand is required" does not help who has mistyped one.
std::string what_is_wrong(CLI::App const* app, CLI::Error const& e) {
  auto const rest = app->remaining(true);
  auto const word = std::find_if(rest.begin(), rest.end(),
                                 [](std::string const& one) { return !one.starts_with('-'); });
  if (e.get_exit_code() != static_cast<int>(CLI::ExitCodes::RequiredError) || word == rest.end() ||
      !lacks_command(*app))
    return CLI::FailureMessage::simple(app, e);
  return given_commands(*app) + ": there is no command '" + *word +
         "'\nRun with --help for more information.\n";
}

}  // namespace

int main(int argc, char** argv) {
  open_closed_streams();
  // A reader that went away is an error of writing: the session is still to be ended.
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app{"Manages VMware ESX(i) hosts and vCenter servers", "esxctl"};
  app.set_version_flag("--version", ESXVI_VERSION_STRING);
  app.require_subcommand(1);
  app.failure_message(what_is_wrong);
  app.fallthrough();  // commands take it over: the options below may stand behind them

  esxctl::Connection connection;
  app.add_option("-c,--connect", connection.uri,
                 "esx://USER@HOST[:PORT]/?no_verify=1, vpx://, https://, or an alias of "
                 "~/.config/esxvi/hosts.ini; default: $ESXVI_URI")
      ->envname("ESXVI_URI");
  app.add_option(
      "--password-file", connection.password_file,
      "file whose first line is the password; else the alias's, $ESXVI_PASSWORD, libvirt's "
      "auth.conf, netrc, a prompt");

  // A flag, so that it takes no argument of the command that follows.
  std::string trace;
  app.add_flag("--trace{headers}", trace,
               "write what goes over the network to standard error, without secrets: "
               "--trace[=headers] or --trace=bodies; also $ESXVI_TRACE")
      ->check(CLI::IsMember({"headers", "bodies"}))
      ->each([](std::string const& level) { ::setenv("ESXVI_TRACE", level.c_str(), 1); });

  int status = 0;
  esxctl::add_about(app, connection, status);
  esxctl::add_escape(app, status);
  esxctl::add_find(app, connection, status);
  esxctl::add_list(app, connection, status);
#ifdef ESXCTL_SIM
  esxctl::add_sim(app, connection, status);
#endif
  esxctl::add_trust(app, connection, status);
  esxctl::add_watch(app, connection, status);
  esxctl::add_wire(app, status);
  esxctl::add_vmx(app, status);

  try {
    try {
      app.parse(argc, argv);
    } catch (CLI::ParseError const& e) {
      status = app.exit(e);  // the help comes this way, too
    }
    esxctl::flush_output();
  } catch (std::exception const& e) {
    esxctl::warn(e.what());
    return std::max(status, 1);  // a command may have said what its own trouble is
  }
  return status;
}
