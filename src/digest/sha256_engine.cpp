#include "digest/sha256_engine.hpp"

#include <cryptopp/sha.h>

namespace modelstore::digest {
namespace {

class CryptoPpEngine final : public Sha256Engine {
 public:
  void update(std::span<const std::byte> bytes) noexcept override {
    hash_.Update(reinterpret_cast<const CryptoPP::byte*>(bytes.data()), bytes.size());
  }

  [[nodiscard]] Sha256 finish() noexcept override {
    Sha256::Bytes digest;
    hash_.Final(digest.data());
    return Sha256(digest);
  }

 private:
  CryptoPP::SHA256 hash_;
};

}  // namespace

std::unique_ptr<Sha256Engine> make_sha256_engine() {
  return std::make_unique<CryptoPpEngine>();
}

Sha256 sha256_of(std::span<const std::byte> bytes) {
  CryptoPpEngine engine;
  engine.update(bytes);
  return engine.finish();
}

}  // namespace modelstore::digest
