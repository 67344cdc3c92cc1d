// The command line program of modelstore: reads the command line, runs one command, and turns what went wrong
// into a message and an exit code.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iterator>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "interrupt.hpp"
#include "program.hpp"

namespace cli {

namespace {

constexpr const char* kCommonGroup = "Options of every command";

/// Wraps what is said about options, and names their values shortly.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter() {
    column_width(kColumn);
    label("SUBCOMMAND", "COMMAND");
    label("Subcommands", "Commands");
    label("Positionals", "Arguments");
    label("TEXT", "");
  }

  std::string make_option_opts(const CLI::Option* option) const override {
    if (option->get_type_size() == 0 || option->get_positional()) return {};
    return " " + option->get_type_name();
  }

  std::string make_option_desc(const CLI::Option* option) const override {
    std::string text = option->get_description();
    if (option->get_required() && !option->get_positional()) text += " (required)";
    if (!option->get_default_str().empty()) text += " (default: " + option->get_default_str() + ")";
    return wrapped(text);
  }

 private:
  static constexpr std::size_t kColumn = 26;
  static constexpr std::size_t kWidth = 110;

  static std::string wrapped(const std::string& text) {
    std::string out;
    std::size_t line = 0;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find(' ', at), text.size());
      if (line > 0 && line + 1 + (end - at) > kWidth - kColumn) {
        out += '\n';
        line = 0;
      } else if (line > 0) {
        out += ' ';
        ++line;
      }
      out.append(text, at, end - at);
      line += end - at;
      at = end + 1;
    }
    return out;
  }
};

/// What is wrong with a time to wait; empty if nothing is.
std::string wait_error(const std::string& text) {
  constexpr double kLongest = 86'400;
  double seconds = 0;
  const bool is_good = CLI::detail::lexical_cast(text, seconds) && seconds >= 0 && seconds <= kLongest;
  return is_good ? "" : "not a number of seconds from 0 to 86400: " + text;
}

}  // namespace

void Program::add_common_options(CLI::App& command) {
  command
      .add_option("--data", settings.data,
                  "The folder of the store; without it, that in the environment variable MODELSTORE_DATA")
      ->type_name("DIR")
      ->group(kCommonGroup);
  command.add_flag("--json", settings.json, "Print one JSON document and nothing else on stdout")
      ->group(kCommonGroup);
  command.add_flag("--quiet", settings.quiet, "Show no progress")->group(kCommonGroup);
  command
      .add_option("--wait", settings.wait_seconds,
                  "How long to wait for another program that writes to the store")
      ->check(wait_error)
      ->type_name("SECONDS")
      ->capture_default_str()
      ->group(kCommonGroup);
  command.set_help_flag("-h,--help", "Print this help and exit")->group(kCommonGroup);
}

void Program::add_picture_options(CLI::App& command) {
  command.add_flag(
      "--isolated", settings.isolated,
      "Decode each picture in a process of its own, so that one that crashes the decoder does no "
      "harm");
  command.add_flag("--keep-originals", settings.keep_originals,
                   "Keep the file of each picture beside its previews");
}

CLI::App& Program::add(const std::string& name, const std::string& description,
                       std::function<Exit(Session&)> run) {
  CLI::App& command = *app.add_subcommand(name, description);
  command.callback([this, run = std::move(run)] { chosen = run; });
  return command;
}

namespace {

constexpr const char* kFooter =
    "A model is a file's content, known by its SHA-256. A pending record is a file whose hash is not known "
    "yet:\n"
    "'import' and 'scan' make them, 'migrate' hashes them. 'modelstore COMMAND --help' explains a "
    "command.\n\n"
    "Exit codes:\n"
    "  0  done\n"
    "  1  some items failed, the work was interrupted or ended by an error midway, or its result could not "
    "be\n"
    "     printed; the rest was done and is kept\n"
    "  2  wrong usage, or nothing could be done\n\n"
    "Results go to stdout, progress and messages to stderr. Ctrl-C ends long work in good order and says how "
    "to\n"
    "continue it; a second Ctrl-C ends the program at once, as the first does where the work is one step.";

/// CLI11 takes a value in brackets, such as the name of a folder, for a list, and an option for the value of the one
/// before it. This stands at the end of the former, and before values that may look like an option, until the command
/// line has been taken apart.
constexpr char kVerbatim = '\x1f';

/// The arguments after the program's name, the last one first.
std::vector<std::string> hidden(const std::vector<std::string>& arguments) {
  std::vector<std::string> result;
  bool only_values = false;
  for (std::string argument : std::vector(arguments.begin() + 1, arguments.end())) {
    if (only_values && argument.starts_with("--")) argument.insert(0, 1, kVerbatim);
    if (!only_values && argument.starts_with("--"))
      if (const std::size_t value = argument.find("=--");
          value != std::string::npos && value == argument.find('='))
        argument.insert(value + 1, 1, kVerbatim);
    if (argument.starts_with('[') && argument.ends_with(']')) argument += kVerbatim;
    only_values = only_values || argument == "--";
    result.push_back(std::move(argument));
  }
  std::reverse(result.begin(), result.end());
  return result;
}

/// Undoes what `hidden` did to a value. Returns what is wrong with it; empty if nothing is.
std::string show(std::string& value) {
  if (value.starts_with("--")) return "a value is missing before " + value;
  if (value.starts_with(std::string(1, kVerbatim) + "--")) value.erase(0, 1);
  if (value.starts_with('[') && value.ends_with(std::string("]") + kVerbatim)) value.pop_back();
  return {};
}

void describe(Program& program) {
  CLI::App& app = program.app;
  app.name("modelstore");
  app.description("Catalogues the model files of generative AI by their SHA-256, with tags and pictures.");
  app.set_version_flag("--version", std::string(modelstore::version()), "Print the version and exit")
      ->group(kCommonGroup);
  app.require_subcommand(1);
  app.formatter(std::make_shared<HelpFormatter>());
  app.footer(kFooter);
  add_import_commands(program);
  add_migration_commands(program);
  add_hash_commands(program);
  add_record_commands(program);
  add_picture_commands(program);
  add_check_commands(program);
  program.add_common_options(app);
  for (CLI::App* command : app.get_subcommands({})) {
    program.add_common_options(*command);
    for (CLI::Option* option :
         command->get_options([](const CLI::Option* any) { return any->get_type_size() != 0; }))
      option->transform(CLI::Validator(show, ""));
  }
}

/// Tells the user, and the program that asked for JSON, what went wrong.
Exit fail(bool json, const std::string& message, std::string_view code, Exit exit,
          const std::string& go_on = {}) {
  if (json) {
    JsonWriter document;
    document.begin_object().member("error", message).member("code", code);
    if (!go_on.empty()) document.member("continue", go_on);
    try {
      print(document.end_object().text() + "\n");
    } catch (const modelstore::Error&) {  // The message is left, and the exit code.
    }
  }
  Messages messages;
  messages.line("modelstore: " + message);
  if (!go_on.empty()) messages.line("to continue: " + go_on);
  return exit;
}

/// What is wrong with the command line, on one line.
std::string usage_error(const CLI::App& app, const CLI::ParseError& error) {
  if (app.get_subcommands().empty()) {
    const std::vector<std::string> rest = app.remaining();
    const auto word = std::find_if(rest.begin(), rest.end(),
                                   [](const std::string& text) { return !text.starts_with('-'); });
    if (word != rest.end()) return "no such command: " + *word + " (see modelstore --help)";
    if (!rest.empty()) return "no such option: " + rest.front() + " (see modelstore --help)";
    if (error.get_name() == "RequiredError") return "name a command (see modelstore --help)";
  }
  std::string text = error.what();
  std::replace(text.begin(), text.end(), '\n', ' ');
  text.erase(text.find_last_not_of(' ') + 1);
  const std::string command =
      app.get_subcommands().empty() ? "" : " " + app.get_subcommands().front()->get_name();
  return text + " (see modelstore" + command + " --help)";
}

Exit run(const std::vector<std::string>& arguments) {
  Program program;
  describe(program);
  // Where the command line cannot be read, this still tells which answer is expected.
  bool json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
  try {
    try {
      program.app.parse(hidden(arguments));
    } catch (const CLI::Success& help) {
      (void)program.app.exit(help);
      return Exit::Done;
    } catch (const CLI::ParseError& error) {
      return fail(json, usage_error(program.app, error), "InvalidArgument", Exit::NothingDone);
    }
    if (program.settings.data.empty()) {
      const char* data = std::getenv("MODELSTORE_DATA");  // NOLINT(concurrency-mt-unsafe)
      if (data != nullptr) program.settings.data = data;
      program.settings.data_from_environment = true;
    }
    json = program.settings.json;
    Session session(program.settings, arguments);
    try {
      return program.chosen(session);
    } catch (const Stopped& stopped) {
      return fail(json, std::string("stopped: ") + stopped.what(), error_code_name(stopped.code()),
                  Exit::SomeFailed, session.command_line());
    } catch (const OutputFailed& failure) {
      return fail(false, failure.what(), {}, Exit::SomeFailed);
    }
  } catch (const modelstore::Error& error) {
    return fail(json, error.what(), error_code_name(error.code()), Exit::NothingDone);
  } catch (const std::bad_alloc&) {
    return fail(json, "memory ran out", "OutOfMemory", Exit::NothingDone);
  } catch (const std::exception& error) {
    return fail(json, error.what(), "Internal", Exit::NothingDone);
  }
}

}  // namespace
}  // namespace cli

int main(int argc, char** argv) {
  cli::ignore_broken_pipes();
  try {
    return static_cast<int>(cli::run({argv, argv + argc}));
  } catch (const std::exception& error) {
    (void)std::fprintf(stderr, "modelstore: %s\n", error.what());
    return static_cast<int>(cli::Exit::NothingDone);
  }
}
