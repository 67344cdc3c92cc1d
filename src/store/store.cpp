#include "modelstore/store.hpp"

#include <exception>
#include <string>
#include <thread>

#include "catalog/index_completion.hpp"
#include "catalog/store_core.hpp"
#include "journal/recovery.hpp"
#include "journal/settlement.hpp"

namespace modelstore {
namespace {

void close_core(detail::StoreCore& core) noexcept {
  journal::settle_left(core);
  core.close();
}

}  // namespace

Store::Store(std::shared_ptr<detail::StoreCore> core) noexcept : core_(std::move(core)) {}

Store Store::open(const std::filesystem::path& root, const StoreOptions& options) {
  Store store(detail::StoreCore::open(root, options));
  if (!options.read_only) (void)journal::recover(*store.core_);
  catalog::complete_indexes_later(store.core_);
  return store;
}

Store::~Store() {
  close();
}

Store::Store(Store&& other) noexcept = default;

Store& Store::operator=(Store&& other) noexcept {
  if (this != &other) {
    close();
    core_ = std::move(other.core_);
  }
  return *this;
}

void Store::close() noexcept {
  if (!core_) return;
  if (!core_->on_own_thread()) return close_core(*core_);
  core_->log(LogLevel::Warning, "the store was closed in a callback of one of its jobs, and ends by itself");
  try {
    std::thread([core = core_] { close_core(*core); }).detach();
  } catch (const std::exception& error) {
    core_->log(LogLevel::Error, std::string("the store cannot be closed: ") + error.what());
  }
}

const std::shared_ptr<detail::StoreCore>& Store::core() const {
  if (!core_) throw Error(ErrorCode::Closed, "the store was moved from");
  core_->check_usable();
  return core_;
}

const std::filesystem::path& Store::root() const {
  return core()->root();
}

bool Store::read_only() const {
  return core()->options().read_only;
}

}  // namespace modelstore
