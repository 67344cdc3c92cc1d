/// The decoder that does not do what it should (see tests/unit/decode/bad_decoder.cpp), and the real one.
#pragma once

#include <filesystem>
#include <string>

#include "modelstore/store.hpp"
#include "support/temp_dir.hpp"

namespace test {

/// Options for decoding by the program that was built with the tests.
inline modelstore::PreviewOptions isolated() {
  modelstore::PreviewOptions options;
  options.isolated = true;
  options.decoder = TEST_DECODER;
  return options;
}

/// A decoder that does `deed`, by a link in `dir` of that name.
inline std::filesystem::path bad_decoder(const TempDir& dir, const std::string& deed) {
  std::filesystem::path link = dir / deed;
  if (!std::filesystem::exists(link)) std::filesystem::create_symlink(TEST_BAD_DECODER, link);
  return link;
}

inline modelstore::PreviewOptions isolated_with(const TempDir& dir, const std::string& deed) {
  modelstore::PreviewOptions options = isolated();
  options.decoder = bad_decoder(dir, deed);
  return options;
}

}  // namespace test
