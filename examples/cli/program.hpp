/// The commands of the program and how they are found.
///
/// Each group of commands adds itself; reading the command line chooses one of them.
#pragma once

#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "session.hpp"

namespace cli {

struct Program {
  CLI::App app;
  Settings settings = {};
  std::function<Exit(Session&)> chosen = {};  ///< set by reading the command line

  /// Adds a command. `run` is called with the session if it is chosen.
  CLI::App& add(const std::string& name, const std::string& description, std::function<Exit(Session&)> run);

  /// Gives `command` the options that all commands have.
  void add_common_options(CLI::App& command);

  /// Gives `command`, which makes previews, the options that say how.
  void add_picture_options(CLI::App& command);
};

/// import, scan
void add_import_commands(Program& program);

/// migrate, relocate
void add_migration_commands(Program& program);

/// hash
void add_hash_commands(Program& program);

/// list, show, set, tag, delete, restore, empty-trash
void add_record_commands(Program& program);

/// add-image, delete-image, order-images
void add_picture_commands(Program& program);

/// init, verify, stats, changes
void add_check_commands(Program& program);

/// Lets `option` be repeated, with one value each time: what follows that is no value of it.
inline CLI::Option* one_each(CLI::Option* option) {
  return option->allow_extra_args(false);
}

}  // namespace cli
