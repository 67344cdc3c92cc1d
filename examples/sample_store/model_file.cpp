#include "model_file.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>
#include <vector>

#include <cryptopp/sha.h>

#include "json_text.hpp"
#include "random.hpp"

namespace sample {
namespace {

struct Tensor {
  std::string name;
  std::array<std::uint64_t, 2> shape;
};

std::vector<Tensor> tensors(const ModelFile& model, Random& random) {
  const bool adapter = model.type.starts_with("lora");
  const auto target = static_cast<std::uint64_t>((1.0 + 4.8 * random.unit() * random.unit()) * 1024 * 1024);
  std::vector<Tensor> result;
  std::uint64_t bytes = 0;
  const auto add = [&](std::string name, std::uint64_t rows, std::uint64_t columns) {
    result.push_back({std::move(name), {rows, columns}});
    return rows * columns * 2;
  };
  for (int block = 0; bytes < target; ++block) {
    const std::string number = std::to_string(block);
    if (adapter) {
      const std::string name = "lora_unet_down_blocks_" + number + "_attentions_0_proj_in";
      bytes += add(name + ".lora_down.weight", 64, 640);
      bytes += add(name + ".lora_up.weight", 640, 64);
    } else if (model.type == "vae") {
      bytes += add("decoder.up." + number + ".block.0.conv1.weight", 256, 576);
    } else if (model.type == "embeddings") {
      bytes += add(block == 0 ? "emb_params" : "emb_params_" + number, 128, 768);
    } else {
      const std::string name = "model.diffusion_model.blocks." + number;
      bytes += add(name + ".attn.qkv.weight", 384, 384);
      bytes += add(name + ".attn.proj.weight", 384, 192);
      bytes += add(name + ".norm.weight", 1, 384);
    }
  }
  return result;
}

std::string header(const ModelFile& model, const std::vector<Tensor>& tensors, std::uint64_t& data_size) {
  std::string json = R"({"__metadata__":{"format":"pt","modelspec.title":)" + json_string(model.title) +
                     R"(,"modelspec.architecture":)" + json_string("sample/" + model.type) + "}";
  data_size = 0;
  for (const Tensor& tensor : tensors) {
    const std::uint64_t end = data_size + tensor.shape[0] * tensor.shape[1] * 2;
    json += "," + json_string(tensor.name) + R"(:{"dtype":"F16","shape":[)" +
            std::to_string(tensor.shape[0]) + "," + std::to_string(tensor.shape[1]) +
            R"(],"data_offsets":[)" + std::to_string(data_size) + "," + std::to_string(end) + "]}";
    data_size = end;
  }
  json += "}";
  // Tensor data starts at a multiple of eight.
  json.resize((json.size() + 7) / 8 * 8, ' ');
  return json;
}

std::string little_endian(std::uint64_t value) {
  std::string bytes;
  for (unsigned shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(value >> shift & 255U);
  return bytes;
}

/// Four half floats of small magnitude, never infinite or not a number.
std::uint64_t four_weights(Random& random) {
  constexpr std::uint64_t kSignAndFraction = 0x83FF83FF83FF83FFU;
  constexpr std::uint64_t kExponent = 0x2400240024002400U;
  return (random.next() & kSignAndFraction) | kExponent;
}

}  // namespace

WrittenFile write_model_file(const std::filesystem::path& path, const ModelFile& model) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  CryptoPP::SHA256 hash;
  WrittenFile written;
  const auto write = [&](const std::string& bytes) {
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    hash.Update(reinterpret_cast<const CryptoPP::byte*>(bytes.data()), bytes.size());
    written.size += static_cast<std::int64_t>(bytes.size());
  };

  Random random(model.seed);
  std::uint64_t left = 0;
  const std::string json = header(model, tensors(model, random), left);
  write(little_endian(json.size()));
  write(json);
  while (left > 0) {
    std::string block;
    while (block.size() < std::min<std::uint64_t>(left, 65536)) block += little_endian(four_weights(random));
    write(block);
    left -= block.size();
  }
  out.close();
  if (!out) throw std::runtime_error("cannot write " + path.string());

  std::array<CryptoPP::byte, CryptoPP::SHA256::DIGESTSIZE> digest{};
  hash.Final(digest.data());
  for (const auto byte : digest) {
    written.sha256 += "0123456789abcdef"[byte >> 4U];
    written.sha256 += "0123456789abcdef"[byte & 15U];
  }
  return written;
}

}  // namespace sample
