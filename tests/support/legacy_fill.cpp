#include <array>
#include <random>
#include <stdexcept>

#include "support/legacy_connection.hpp"
#include "support/legacy_store.hpp"

namespace test {
namespace {

constexpr int kTags = 200;

struct Kind {
  const char* type;
  const char* extension;
  std::uint64_t share;  ///< of 100 models
};
constexpr std::array<Kind, 7> kKinds = {{{"loras", ".safetensors", 55},
                                         {"checkpoints", ".safetensors", 20},
                                         {"embeddings", ".pt", 10},
                                         {"vae", ".safetensors", 5},
                                         {"unet", ".gguf", 4},
                                         {"upscale_models", ".pth", 4},
                                         {"ultralytics", ".pt", 2}}};
constexpr std::array<const char*, 16> kFirst = {"amber", "boreal",  "cinder", "dusk",    "ember", "fjord",
                                                "glass", "harbour", "indigo", "juniper", "kelp",  "lumen",
                                                "moss",  "nordic",  "opal",   "pine"};
constexpr std::array<const char*, 16> kSecond = {
    "Portrait", "Landscape", "Ink",    "Film",  "Anime",  "Realism",     "Poster",  "Sketch",
    "Macro",    "Neon",      "Marble", "Paper", "Velvet", "Watercolour", "Gouache", "Pixel"};

/// Standard distributions differ between libraries; this does not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t next() { return engine_(); }
  std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
  bool chance(double share) { return static_cast<double>(engine_() >> 11) * 0x1p-53 < share; }

 private:
  std::mt19937_64 engine_;
};

const Kind& pick_kind(Random& random) {
  std::uint64_t left = random.below(100);
  for (const Kind& kind : kKinds) {
    if (left < kind.share) return kind;
    left -= kind.share;
  }
  return kKinds.front();
}

std::string digits(std::uint64_t value, int count) {
  std::string text(static_cast<std::size_t>(count), '0');
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit, value >>= 4U) {
    *digit = "0123456789abcdef"[value & 15U];
  }
  return text;
}

std::string random_hash(Random& random) {
  std::string hash;
  for (int part = 0; part < 4; ++part) hash += digits(random.next(), 16);
  return hash;
}

std::string random_extra(Random& random, const std::string& name) {
  std::string json = R"({"description": "Trained on )" + std::to_string(random.below(900) + 20) +
                     " pictures. Weight 0.6 to 0.9 works best with " + name + R"(.\nSecond version.")";
  if (random.chance(0.7))
    json += R"(, "community_links": "example.org/models/)" + std::to_string(random.below(500000)) + '"';
  if (random.chance(0.5)) {
    json +=
        R"(, "prompts": {"positive": ")" + name + R"(, evening light, 35mm", "negative": "blurry, text"})";
  }
  if (random.chance(0.2)) json += R"(, "rating": )" + std::to_string(random.below(5) + 1) + ".50";
  return json + "}";
}

}  // namespace

void LegacyStore::fill(const LegacyFill& fill) {
  if (fill.models < 0 || fill.links_per_model < 0 || fill.links_per_model > kTags) {
    throw std::runtime_error("fill: models >= 0 and 0 to 200 links are possible");
  }
  Random random(fill.seed);
  LegacyConnection& database = connection();
  database.execute("BEGIN");
  try {
    std::vector<std::int64_t> type_tags;
    type_tags.reserve(kKinds.size());
    for (const Kind& kind : kKinds) type_tags.push_back(tag(kind.type));
    std::vector<std::int64_t> tags;
    for (int number = 0; number < kTags; ++number) {
      std::string name = kFirst[static_cast<std::size_t>(number) % kFirst.size()];
      name += (number % 3 == 0 ? " style " : "-") + std::to_string(number);
      tags.push_back(tag(name));
    }
    LegacyStatement insert_model(
        database.handle(),
        schema_ == Schema::Version2
            ? "INSERT INTO models (path, name, type, size_bytes, hash_hex, created_at, extra_json)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
            : "INSERT INTO models (path, name, type, size_bytes, hash_hex, created_at, extra_json,"
              " hash_algo, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'sha256', ?6)");
    LegacyStatement insert_link(database.handle(),
                                "INSERT INTO model_tags (model_id, tag_id) VALUES (?1, ?2)");
    for (std::int64_t number = 0; number < fill.models; ++number) {
      const Kind& kind = pick_kind(random);
      const std::string title =
          std::string(kFirst[random.below(kFirst.size())]) + kSecond[random.below(kSecond.size())];
      const std::string name = title + "_v" + std::to_string(random.below(9) + 1) + "_" +
                               digits(fill.seed, 4) + std::to_string(number) + kind.extension;
      std::string path = fill.root + "/" + kind.type + "/";
      if (random.chance(0.6)) path += std::string(kSecond[random.below(kSecond.size())]) + "/";
      insert_model.bind(1, std::string_view(path + name));
      insert_model.bind(2, std::string_view(name));
      insert_model.bind(3, std::string_view(kind.type));
      insert_model.bind(4, static_cast<std::int64_t>(random.below(7'000'000'000) + 10'000));
      insert_model.bind(5,
                        std::string_view(random.chance(fill.hashed) ? random_hash(random) : std::string()));
      insert_model.bind(6, static_cast<std::int64_t>(1'680'000'000'000 + number * 60'000));
      if (random.chance(fill.with_extra)) {
        insert_model.bind(7, std::string_view(random_extra(random, title)));
      } else {
        insert_model.bind_null(7);
      }
      insert_model.run();
      insert_link.bind(1, database.last_id());
      const std::uint64_t first = random.below(kTags);
      for (int link = 0; link < fill.links_per_model; ++link) {
        insert_link.bind(2, link == 0 ? type_tags[static_cast<std::size_t>(&kind - kKinds.data())]
                                      : tags[(first + static_cast<std::uint64_t>(link) * 7) % kTags]);
        insert_link.run();
      }
    }
    database.execute("COMMIT");
  } catch (...) {
    sqlite3_exec(database.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    throw;
  }
}

}  // namespace test
