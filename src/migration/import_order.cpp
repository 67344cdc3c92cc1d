#include "migration/import_order.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

#include "migration/legacy_row.hpp"
#include "modelstore/sha256.hpp"

namespace modelstore::migration {
namespace {

struct Hashed {
  Sha256 hash;
  std::int64_t created_at;
  std::int64_t id;
};

constexpr std::int64_t kBetween = 4096;

}  // namespace

ImportOrder::ImportOrder(const catalog::LegacyReader& reader, const std::function<void()>& between) {
  std::vector<Hashed> hashed;
  catalog::LegacyReader::Identities identities = reader.identities();
  std::optional<std::int64_t> previous;
  while (const catalog::LegacyIdentity* row = identities.next()) {
    if (rows_++ % kBetween == 0) between();
    if (row->id.type != sqlite::ValueType::Integer || row->id.integer == previous) continue;
    previous = row->id.integer;
    if (const auto hash = read_hash(row->hash_hex, row->hash_algo))
      hashed.push_back({*hash, read_created_at(row->created_at), row->id.integer});
  }
  std::sort(hashed.begin(), hashed.end(), [](const Hashed& a, const Hashed& b) {
    return std::tie(a.hash, b.created_at, b.id) < std::tie(b.hash, a.created_at, a.id);
  });
  for (auto first = hashed.begin(); first != hashed.end();) {
    const auto last =
        std::find_if(first, hashed.end(), [&](const Hashed& row) { return row.hash != first->hash; });
    if (last - first > 1) {
      starts_.push_back(ids_.size());
      std::int64_t leader = first->id;
      for (auto row = first; row != last; ++row) {
        members_.push_back({row->id, static_cast<std::uint32_t>(leaders_.size())});
        ids_.push_back(row->id);
        leader = std::min(leader, row->id);
      }
      leaders_.push_back(leader);
    }
    first = last;
  }
  starts_.push_back(ids_.size());
  std::sort(members_.begin(), members_.end(), [](const Member& a, const Member& b) { return a.id < b.id; });
}

ImportOrder::Turn ImportOrder::turn_of(std::int64_t id) const {
  const auto found =
      std::lower_bound(members_.begin(), members_.end(), id,
                       [](const Member& member, std::int64_t wanted) { return member.id < wanted; });
  if (found == members_.end() || found->id != id) return {};
  if (leaders_[found->group] != id) return {.alone = false};
  const std::size_t start = starts_[found->group];
  return {.alone = false, .ids = std::span(ids_).subspan(start, starts_[found->group + 1] - start)};
}

}  // namespace modelstore::migration
