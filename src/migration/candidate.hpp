/// One change that a hash calculation has made possible, ready to be committed alone or together with others.
/// Used by one thread at a time.
#pragma once

#include <cstddef>
#include <string>

#include "journal/operation.hpp"
#include "modelstore/error.hpp"

namespace modelstore::migration {

/// Thrown within an operation: what it was prepared from has changed meanwhile. Preparing it anew may succeed.
class OutOfDate : public Error {
 public:
  explicit OutOfDate(const std::string& message) : Error(ErrorCode::Conflict, message) {}
};

/// How often an operation is prepared anew before its Conflict is reported.
inline constexpr int kAttempts = 5;

class Candidate {
 public:
  Candidate() = default;
  Candidate(const Candidate&) = delete;
  Candidate& operator=(const Candidate&) = delete;
  virtual ~Candidate() = default;

  /// The operation, which refers to this object and fails with OutOfDate or what the class documents.
  [[nodiscard]] virtual journal::Draft draft() = 0;

  /// Pictures whose files it publishes: a measure of its share in a common commit.
  [[nodiscard]] virtual std::size_t picture_count() const noexcept = 0;
};

}  // namespace modelstore::migration
