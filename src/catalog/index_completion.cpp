#include "catalog/index_completion.hpp"

#include "catalog/list_indexes.hpp"
#include "catalog/search_text.hpp"

namespace modelstore::catalog {
namespace {

/// Texts that one transaction adds. The index is written once for each and merged with what is there: few
/// large ones are faster than many small ones.
constexpr std::int64_t kTextsAtOnce = 20'000;

/// Texts between two looks at whether the job was cancelled.
constexpr std::int64_t kTextsBetweenChecks = 2'000;

void complete_list_indexes(detail::StoreCore& core, const runtime::JobControl& control) {
  while (const auto missing = missing_list_index(*core.reader())) {
    control.throw_if_cancelled();
    core.write([&](WriteTransaction& transaction) { create_list_index(transaction.db(), *missing); });
  }
}

void complete_search_index(detail::StoreCore& core, const runtime::JobControl& control) {
  while (has_documents_to_index(*core.reader())) {
    core.write([&](WriteTransaction& transaction) {
      for (std::int64_t done = 0; done < kTextsAtOnce; done += kTextsBetweenChecks) {
        control.throw_if_cancelled();
        if (index_documents(transaction.db(), kTextsBetweenChecks) < kTextsBetweenChecks) return;
      }
    });
  }
}

}  // namespace

void complete_indexes(detail::StoreCore& core, const runtime::JobControl& control) {
  complete_list_indexes(core, control);
  complete_search_index(core, control);
}

void complete_indexes_later(const std::shared_ptr<detail::StoreCore>& core) {
  if (core->options().read_only) return;
  {
    const auto reader = core->reader();
    if (!has_documents_to_index(*reader) && !missing_list_index(*reader)) return;
  }
  (void)core->executor().operation<bool>([weak = std::weak_ptr(core)](const runtime::JobControl& control) {
    if (const auto store = weak.lock()) complete_indexes(*store, control);
    return true;
  });
}

}  // namespace modelstore::catalog
