#include "migration/import_target.hpp"

namespace modelstore::migration {

ImportTarget::Scratch::Scratch()
    : database(sqlite::Connection::open(folder.path() / "scratch.db", sqlite::OpenMode::Create)) {}

ImportTarget::ImportTarget(detail::StoreCore& core, bool dry_run, const std::function<void()>& between)
    : core_(core) {
  if (!dry_run) return;
  scratch_.emplace();
  scratch_->database.copy_from(*core.reader(), between);
}

void ImportTarget::write(const std::function<void(catalog::WriteTransaction&)>& work) {
  if (!scratch_) return core_.write([&](catalog::WriteTransaction& transaction) { work(transaction); });
  core_.check_usable();
  sqlite::Transaction transaction(scratch_->database, sqlite::Transaction::Kind::Immediate);
  catalog::WriteTransaction write(scratch_->database);
  work(write);
  write.finish();
  transaction.commit();
}

void ImportTarget::read(const std::function<void(const sqlite::Connection&)>& work) {
  if (scratch_)
    work(scratch_->database);
  else
    work(*core_.reader());
}

}  // namespace modelstore::migration
