#include "catalog/search_completion.hpp"

#include "catalog/search_text.hpp"

namespace modelstore::catalog {
namespace {

/// Texts that one transaction adds. The index is written once for each and merged with what is there: few
/// large ones are faster than many small ones.
constexpr std::int64_t kTextsAtOnce = 20'000;

/// Texts between two looks at whether the job was cancelled.
constexpr std::int64_t kTextsBetweenChecks = 2'000;

}  // namespace

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

}  // namespace modelstore::catalog
