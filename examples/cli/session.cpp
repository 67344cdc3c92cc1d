#include "session.hpp"

#include <cmath>
#include <filesystem>
#include <system_error>

namespace cli {
namespace {

/// The decoder program that belongs to this one: in the same folder where it was built, in libexec where it
/// was installed. Empty, for the one that the library knows, if there is none.
std::filesystem::path decoder_beside_program() {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  for (const char* place : {"modelstore-decode", "../libexec/modelstore-decode"})
    if (std::filesystem::is_regular_file(folder / place, error)) return folder / place;
  return {};
}

}  // namespace

using modelstore::Error;
using modelstore::ErrorCode;

Session::Session(Settings settings, std::vector<std::string> arguments)
    : settings_(std::move(settings)), arguments_(std::move(arguments)) {}

const std::string& Session::data() const {
  if (settings_.data.empty())
    throw Error(ErrorCode::InvalidArgument, "name the store with --data DIR, or set MODELSTORE_DATA");
  return settings_.data;
}

modelstore::Store Session::open(Access access) {
  return open_at(data(), access);
}

modelstore::Store Session::open_at(const std::string& root, Access access) {
  modelstore::StoreOptions options;
  options.create = access == Access::Create;
  options.read_only = access == Access::Read;
  options.busy_timeout =
      std::chrono::milliseconds(static_cast<std::int64_t>(std::llround(settings_.wait_seconds * 1000)));
  options.previews.keep_originals = settings_.keep_originals;
  options.previews.isolated = settings_.isolated;
  if (settings_.isolated) options.previews.decoder = decoder_beside_program();
  options.log = [this](modelstore::LogLevel level, std::string_view line) {
    if (level >= modelstore::LogLevel::Warning) messages_.line("warning: " + std::string(line));
  };
  if (!options.read_only) {
    modelstore::Store store = modelstore::Store::open(root, options);
    may_have_changed_ = true;
    return store;
  }
  try {
    return modelstore::Store::open(root, options);
  } catch (const Error& error) {
    // A catalogue of an older version has to be written once before it can be read.
    if (error.code() != ErrorCode::ReadOnly) throw;
  }
  options.read_only = false;
  return modelstore::Store::open(root, options);
}

std::optional<std::int64_t> Session::revision_of(const modelstore::Store& store) noexcept {
  try {
    return modelstore::Database(store).statistics().revision;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

void Session::follow(const std::function<bool(std::chrono::milliseconds)>& wait_for,
                     const std::function<modelstore::Progress()>& progress,
                     const std::function<void()>& cancel, const std::string& label) {
  constexpr std::chrono::milliseconds kLook{50};
  constexpr int kDrawEvery = 2;  // looks
  const InterruptWatch watch;
  if (!settings_.quiet && (!view_ || view_->label() != label)) view_.emplace(messages_, label);
  bool asked = false;
  for (int look = 0; !wait_for(kLook); ++look) {
    if (interrupted() && !asked) {
      asked = true;
      cancel();
    }
    if (view_ && !asked && look % kDrawEvery == 0) view_->update(progress());
  }
  if (view_) view_->hide();
}

void Session::print_result(const JsonWriter& json, const std::function<std::string()>& text) const {
  const std::string result = settings_.json ? json.text() + "\n" : text();
  try {
    print(result);
  } catch (const Error& error) {
    if (may_have_changed_) throw OutputFailed(error.what());
    throw;
  }
}

}  // namespace cli
