#include "migration/import_run.hpp"

#include <chrono>
#include <span>
#include <utility>

#include "base/paths.hpp"
#include "catalog/import_rows.hpp"
#include "catalog/index_completion.hpp"
#include "catalog/interrupt_on_cancel.hpp"
#include "catalog/list_indexes.hpp"
#include "catalog/text_limits.hpp"
#include "migration/import_order.hpp"
#include "migration/picture_importer.hpp"
#include "migration/row_importer.hpp"
#include "sqlite/private_copy.hpp"

namespace modelstore::migration {
namespace {

/// Rows of one transaction, for which others wait.
constexpr std::int64_t kRowsAtOnce = 25'000;
/// Rows from which on indexes are made faster afterwards than beside.
constexpr std::int64_t kRowsWorthDeferring = 5'000;
/// Rows between two looks at whether the job was cancelled.
constexpr std::int64_t kBetweenChecks = 64;

constexpr std::size_t kMaxSourceId = 4096;

std::filesystem::path real_source(const std::filesystem::path& path) {
  base::check_path(path, "the legacy database");
  std::error_code error;
  std::filesystem::path real = std::filesystem::canonical(path, error);
  if (!error) return real;
  throw Error(error == std::errc::permission_denied ? ErrorCode::FileUnreadable : ErrorCode::FileMissing,
              "cannot find " + path.string() + ": " + error.message());
}

/// Before the file is opened: closing it again would take SQLite's locks from the store's own connections.
void check_is_not_own(const detail::StoreCore& core, const std::filesystem::path& source) {
  std::error_code unknown;
  if (std::filesystem::equivalent(source, core.catalogue_path(), unknown))
    throw Error(ErrorCode::InvalidArgument, source.string() + " is the store's own catalogue");
}

std::string source_name(const LegacyImportOptions& options, const std::filesystem::path& source) {
  std::string name = options.source_id.empty() ? source.string() : options.source_id;
  catalog::check_text("the name of the source", name, kMaxSourceId);
  return name;
}

/// Messages of SQLite name the copy, which means nothing to the user.
std::string naming_source(std::string message, const std::string& copy, const std::string& source) {
  for (std::size_t at = message.find(copy); at != std::string::npos;
       at = message.find(copy, at + source.size()))
    message.replace(at, copy.size(), source);
  return message;
}

/// Walks through the rows in the order of their import, so many at a time.
class RowWalk {
 public:
  RowWalk(const catalog::LegacyReader& reader, const ImportOrder& order)
      : reader_(reader), order_(order), rows_(reader.models()) {}

  /// Imports at most `limit` rows; false if none is left.
  bool import(RowImporter& importer, catalog::WriteTransaction& transaction, std::int64_t limit,
              const std::function<void()>& between) {
    for (std::int64_t count = 0; count < limit;) {
      if (count % kBetweenChecks == 0) between();
      if (!turn_.empty()) {
        catalog::LegacyReader::Models row = reader_.model(turn_.front());
        turn_ = turn_.subspan(1);
        if (const auto* values = row.next()) importer.import(transaction, *values);
        ++count;
        continue;
      }
      const catalog::LegacyModelRow* row = rows_.next();
      if (row == nullptr) return false;
      if (row->id.type != sqlite::ValueType::Integer) {
        importer.skip(0, "its id is not a number");
        ++count;
      } else if (previous_ == row->id.integer) {
        importer.skip(row->id.integer, "another row has the same id");
        ++count;
      } else if (const ImportOrder::Turn turn = order_.turn_of(row->id.integer); turn.alone) {
        importer.import(transaction, *row);
        ++count;
      } else {
        turn_ = turn.ids;
      }
      if (row->id.type == sqlite::ValueType::Integer) previous_ = row->id.integer;
    }
    return true;
  }

 private:
  const catalog::LegacyReader& reader_;
  const ImportOrder& order_;
  catalog::LegacyReader::Models rows_;
  std::span<const std::int64_t> turn_;  // rows that share a hash and are still to be imported
  std::optional<std::int64_t> previous_;
};

}  // namespace

ImportRun::ImportRun(detail::StoreCore& core, const LegacyImportOptions& options,
                     const runtime::JobControl& control)
    : core_(core), options_(options), control_(control) {}

ImportReport ImportRun::run() {
  const auto start = std::chrono::steady_clock::now();
  if (options_.dry_run)
    core_.check_usable();
  else
    core_.check_writable();
  source_ = real_source(options_.database);
  check_is_not_own(core_, source_);
  base::check_path_map(options_.path_map);
  source_id_ = source_name(options_, source_);
  std::optional<platform::Directory> pictures = open_pictures();
  import_rows();
  if (!options_.dry_run) {
    catalog::complete_indexes(core_, control_);
  }
  std::optional<std::int64_t> import;
  target_->read(
      [&](const sqlite::Connection& database) { import = catalog::find_import(database, source_id_); });
  if (import) PictureImporter(core_, *target_, std::move(pictures), control_, report_).run(*import);
  const auto elapsed = std::chrono::steady_clock::now() - start;
  report_.elapsed_ms = std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count();
  return std::move(report_);
}

void ImportRun::import_rows() {
  std::optional<journal::Staging> staging;
  std::optional<platform::TemporaryFolder> temporary;
  const std::function<void()> between = [&] { control_.throw_if_cancelled(); };
  if (options_.dry_run)
    temporary.emplace();
  else
    staging.emplace(core_);
  const sqlite::PrivateCopy copy(source_, staging ? staging->folder().path() : temporary->path(), between);
  target_.emplace(core_, options_.dry_run, between);
  try {
    const sqlite::Connection database = sqlite::Connection::open(copy.path(), sqlite::OpenMode::ReadWrite);
    database.distrust_schema();
    const catalog::InterruptOnCancel interrupt(control_, database);
    import_from(catalog::LegacyReader(database, source_.string()));
  } catch (const Error& error) {
    throw Error(error.code(), naming_source(error.what(), copy.path().string(), source_.string()));
  }
}

void ImportRun::import_from(const catalog::LegacyReader& reader) {
  const std::function<void()> between = [&] { control_.throw_if_cancelled(); };
  const ImportOrder order(reader, between);
  report_.models_read = order.row_count();
  Progress progress{
      .done = 0, .total = static_cast<std::uint64_t>(order.row_count()), .unit = ProgressUnit::Rows};
  control_.set_progress(progress);
  RowImporter importer(reader, options_.path_map, source_id_, report_);
  RowWalk walk(reader, order);
  bool first = true;
  for (bool more = true; more; first = false) {
    target_->write([&](catalog::WriteTransaction& transaction) {
      if (first && order.row_count() >= kRowsWorthDeferring) catalog::defer_list_indexes(transaction.db());
      importer.begin(transaction);
      more = walk.import(importer, transaction, kRowsAtOnce, between);
    });
    progress.done = static_cast<std::uint64_t>(report_.active + report_.pending + report_.merged +
                                               report_.unchanged + report_.skipped);
    control_.set_progress(progress);
  }
}

std::optional<platform::Directory> ImportRun::open_pictures() const {
  const bool given = !options_.pictures.empty();
  if (given) base::check_path(options_.pictures, "the folder of pictures");
  const std::filesystem::path wanted = given ? options_.pictures : source_.parent_path() / "images";
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(wanted, error);
  if (error && !given) return std::nullopt;
  if (!error && !std::filesystem::is_directory(real, error))
    throw Error(ErrorCode::NotRegularFile, wanted.string() + " is not a folder");
  return platform::Directory::open(error ? wanted : real);
}

}  // namespace modelstore::migration
