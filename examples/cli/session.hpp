/// One run of the program: what every command shares.
///
/// A command gets a Session, opens the store that the user named, runs jobs in it with progress until they are
/// done or the user interrupts, prints its result and returns an exit code. One thread at a time.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "interrupt.hpp"
#include "json_writer.hpp"
#include "modelstore/modelstore.hpp"
#include "output.hpp"
#include "progress.hpp"

namespace cli {

/// How the program ends. The numbers are part of its interface.
enum class Exit : int {
  Done = 0,
  SomeFailed = 1,   ///< some items failed, or the user interrupted
  NothingDone = 2,  ///< wrong usage, or nothing could be done
};

/// The options that every command has.
struct Settings {
  std::string data;
  bool data_from_environment = false;
  bool json = false;
  bool quiet = false;
  double wait_seconds = 5;
  // Of the commands that make previews:
  bool isolated = false;
  bool keep_originals = false;
};

/// The user interrupted, or something failed after a part was done. `what()` says what became of the work.
class Stopped : public modelstore::Error {
 public:
  using modelstore::Error::Error;
};

/// The work was done, but its result could not be printed. `what()` says why.
class OutputFailed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class Access {
  Read,    ///< works in a store that cannot be written, and beside other programs that write
  Write,   ///< an existing store
  Create,  ///< made if it does not exist
};

class Session {
 public:
  /// `arguments` are those that the program was started with, its own name first.
  Session(Settings settings, std::vector<std::string> arguments);

  [[nodiscard]] const Settings& settings() const noexcept { return settings_; }
  [[nodiscard]] bool json() const noexcept { return settings_.json; }
  [[nodiscard]] Messages& messages() noexcept { return messages_; }

  /// Whether the user named a store: by an option, or for all commands by the environment.
  [[nodiscard]] bool has_data() const noexcept { return !settings_.data.empty(); }

  /// The folder of the store. Errors: InvalidArgument if the user named none.
  [[nodiscard]] const std::string& data() const;

  /// Opens the store. Errors: as `data` and `modelstore::Store::open`.
  [[nodiscard]] modelstore::Store open(Access access);

  /// Opens, or makes, a store in another folder.
  [[nodiscard]] modelstore::Store open_at(const std::string& root, Access access);

  /// Waits for the end of `job`, showing its progress after `label`, and returns its result. When the user
  /// interrupts, cancels it and throws Stopped with `kept`, which says what became of the work. Errors: those
  /// of the job. Of several jobs for one purpose, `before` says what those before this one did, of how much in all.
  template <class T>
  T wait(const modelstore::Job<T>& job, const std::string& label, const std::string& kept,
         const std::optional<modelstore::Progress>& before = std::nullopt) {
    const auto progress = [&] {
      modelstore::Progress shown = job.progress();
      if (before) shown = {before->done + shown.done, before->total, before->unit};
      return shown;
    };
    follow([&](std::chrono::milliseconds time) { return job.wait_for(time); }, progress,
           [&] { job.cancel(); }, label);
    try {
      return job.get();
    } catch (const modelstore::Error& error) {
      if (error.code() == modelstore::ErrorCode::Cancelled && interrupted())
        throw Stopped(error.code(), kept);
      throw;
    }
  }

  /// As `wait`, for the job that `start` begins, which changes `store` part by part. If it fails when it has
  /// changed something, throws Stopped with the job's error and `kept`.
  template <class Start>
  auto wait_for_changes(const modelstore::Store& store, Start&& start, const std::string& label,
                        const std::string& kept) {
    const auto before = revision_of(store);
    const auto job = start();
    try {
      return wait(job, label, kept);
    } catch (const Stopped&) {
      throw;
    } catch (const modelstore::Error& error) {
      if (job.progress().done == 0 || revision_of(store) == before) throw;
      throw Stopped(error.code(), std::string(error.what()) + "; " + kept);
    }
  }

  /// Prints the result: JSON if the user asked for it, otherwise what `text` returns. Errors: as `print`;
  /// OutputFailed instead if a store was opened to be changed.
  void print_result(const JsonWriter& json, const std::function<std::string()>& text) const;

  /// The command line that starts this run again.
  [[nodiscard]] std::string command_line() const { return shell_line(arguments_); }

 private:
  /// Nothing if it cannot be told.
  [[nodiscard]] static std::optional<std::int64_t> revision_of(const modelstore::Store& store) noexcept;

  void follow(const std::function<bool(std::chrono::milliseconds)>& wait_for,
              const std::function<modelstore::Progress()>& progress, const std::function<void()>& cancel,
              const std::string& label);

  Settings settings_;
  std::vector<std::string> arguments_;
  bool may_have_changed_ = false;
  Messages messages_;
  std::optional<ProgressView> view_;  // of the last label
};

}  // namespace cli
