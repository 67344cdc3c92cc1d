/// The one interface behind which SHA-256 is computed, so that kernels can be chosen at run time.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "modelstore/sha256.hpp"

namespace modelstore::digest {

/// One running digest. Used by one thread at a time.
class Sha256Engine {
 public:
  Sha256Engine() = default;
  Sha256Engine(const Sha256Engine&) = delete;
  Sha256Engine& operator=(const Sha256Engine&) = delete;
  virtual ~Sha256Engine() = default;

  /// Adds bytes. Never fails.
  virtual void update(std::span<const std::byte> bytes) noexcept = 0;

  /// The digest of all bytes so far; the engine is then as new.
  [[nodiscard]] virtual Sha256 finish() noexcept = 0;
};

/// The best engine for this processor.
[[nodiscard]] std::unique_ptr<Sha256Engine> make_sha256_engine();

/// The digest of bytes in memory.
[[nodiscard]] Sha256 sha256_of(std::span<const std::byte> bytes);

}  // namespace modelstore::digest
