// Writes model files in the safetensors format: sound ones, with weights that mean nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace sample {

struct ModelFile {
  std::string title;
  std::string type;        ///< decides how the tensors are named
  std::uint64_t seed = 1;  ///< decides the size, 1 to 6 MB, and the content
};

struct WrittenFile {
  std::string sha256;  ///< 64 lowercase hexadecimal digits
  std::int64_t size = 0;
};

/// Writes the file, and its folder if need be. Throws std::runtime_error.
WrittenFile write_model_file(const std::filesystem::path& path, const ModelFile& model);

}  // namespace sample
