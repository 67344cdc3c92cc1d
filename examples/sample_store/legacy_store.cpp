#include "legacy_store.hpp"

#include <cctype>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

#include "catalogue.hpp"
#include "content.hpp"
#include "gallery.hpp"
#include "json_text.hpp"
#include "model_file.hpp"
#include "random.hpp"

namespace sample {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kFirstCreated = 1'712'000'000'000;
constexpr std::int64_t kBetween = 37LL * 60 * 1000;

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

/// The members joined to a JSON object.
std::string object(const std::vector<std::string>& members) {
  std::string json;
  for (const auto& member : members) json += (json.empty() ? "{" : ", ") + member;
  return json.empty() ? "{}" : json + "}";
}

std::string member(const std::string& key, const std::string& text) {
  return json_string(key) + ": " + json_string(text);
}

std::string images(const std::vector<std::string>& references) {
  std::string json;
  for (const auto& reference : references) json += (json.empty() ? "" : ", ") + json_string(reference);
  return R"("images": [)" + json + "]";
}

class Writer {
 public:
  Writer(const fs::path& out, std::uint64_t seed)
      : models_(out / "models"),
        seed_(seed),
        random_(seed),
        catalogue_(out / "legacy" / "hikaze_mm.sqlite3"),
        gallery_(out / "legacy" / "images", seed) {}

  Summary write(std::int64_t models) {
    catalogue_.begin();
    for (const auto& tag : coloured_tags()) {
      catalogue_.add_tag(tag.name,
                         tag.color == nullptr ? std::nullopt : std::optional<std::string_view>(tag.color));
    }
    const std::int64_t deleted =
        catalogue_.add(row("/home/ana/ComfyUI/models/loras/deleted_once.safetensors", "loras"));
    const std::int64_t deleted_too =
        catalogue_.add(row("/home/ana/ComfyUI/models/vae/deleted_too.safetensors", "vae"));
    for (const auto& entry : regular_entries()) add(entry);
    catalogue_.commit();
    // What follows is only in the log, as in a store that the old program has open.
    catalogue_.checkpoint();

    catalogue_.begin();
    catalogue_.remove(deleted);
    catalogue_.remove(deleted_too);
    add_doubles();
    add_odd_hashes();
    add_odd_paths();
    add_odd_texts();
    add_odd_pictures();
    for (std::uint64_t number = 1; catalogue_.count("models") < models; ++number)
      add(made_up_entry(random_, number));
    catalogue_.commit();
    catalogue_.add_dangling_link(987'654, 321);
    defect("a link between a model and a tag that do not exist");
    defect("the newest rows and two deletions stand in the -wal file only");

    gallery_.paint();
    summary_.rows = catalogue_.count("models");
    summary_.hashed = catalogue_.count("models WHERE length(hash_hex) = 64 AND hash_hex NOT LIKE 'sha256%'");
    summary_.unhashed = summary_.rows - summary_.hashed;
    summary_.tags = catalogue_.count("tags");
    summary_.links = catalogue_.count("model_tags");
    summary_.pictures = gallery_.counts();
    for (const auto& found : fs::recursive_directory_iterator(models_)) {
      if (!found.is_regular_file()) continue;
      ++summary_.files;
      summary_.file_bytes += static_cast<std::int64_t>(found.file_size());
    }
    summary_.windows_root = kWindowsRoot;
    return std::move(summary_);
  }

 private:
  static constexpr auto kWindowsRoot = R"(D:\ComfyUI\models)";

  void defect(std::string line) { summary_.defects.push_back(std::move(line)); }

  Row row(const std::string& path, const std::string& type) {
    Row row;
    row.path = path;
    row.name = path.substr(path.find_last_of("/\\") + 1);
    row.type = type;
    row.created_at = kFirstCreated + kBetween * created_++;
    return row;
  }

  /// Equal content numbers make equal files, whatever they are called: the first name is the title of all.
  WrittenFile write_file(const fs::path& path, const std::string& type, std::uint64_t content) {
    const std::string& title = titles_.try_emplace(content, path.stem().string()).first->second;
    return write_model_file(path, {title, type, mix(seed_ ^ (content << 20U))});
  }

  /// A row with a file of its own behind it, and its hash.
  Row hashed(const fs::path& below, std::uint64_t content) {
    Row result = row((models_ / below).string(), below.begin()->string());
    const WrittenFile written = write_file(models_ / below, result.type, content);
    result.size = written.size;
    result.hash = written.sha256;
    return result;
  }
  Row unhashed(const fs::path& below, std::uint64_t content) {
    Row result = hashed(below, content);
    result.hash.clear();
    return result;
  }
  Row unhashed(const fs::path& below) { return unhashed(below, next_content_++); }

  static Subject subject(const Row& row, std::int64_t id) {
    return {id, row.created_at, fs::path(row.name).stem().string(), {}, {}};
  }

  /// Adds a row and lets `describe` make its extra_json, which may speak of the row's id.
  template <typename Describe>
  std::int64_t add_row(const Row& row, Describe describe) {
    const std::int64_t id = catalogue_.add(row);
    if (const std::string extra = describe(subject(row, id)); !extra.empty()) catalogue_.set_extra(id, extra);
    return id;
  }

  void add(const Entry& entry) {
    const fs::path below = fs::path(entry.folder) / entry.file;
    Row row = this->row((models_ / below).string(), entry.folder);
    // The old program takes the last folder for the type now and then, or the singular.
    if (entry.folder == "loras/anime") row.type = random_.chance(0.5) ? "anime" : "loras";
    if (entry.file.starts_with("old_map")) row.type = "lora";
    row.tags = entry.tags;
    const bool gone = entry.state == State::HashedGone || entry.state == State::UnhashedGone;
    if (gone) {
      row.size = static_cast<std::int64_t>(random_.below(6'000'000'000) + 100'000'000);
      for (int part = 0; part < 64; ++part) row.hash += "0123456789abcdef"[random_.below(16)];
    } else {
      content_of_[entry.file] = next_content_;
      const WrittenFile written = write_file(models_ / below, row.type, next_content_++);
      row.size = written.size;
      row.hash = written.sha256;
    }
    if (entry.state == State::HashedUpper) row.hash = upper(row.hash);
    if (entry.state == State::Unhashed || entry.state == State::UnhashedGone) row.hash.clear();

    add_row(row, [&](Subject owner) {
      owner.positive = entry.positive;
      owner.negative = entry.negative;
      std::vector<std::string> members;
      if (!entry.description.empty()) members.push_back(member("description", entry.description));
      if (random_.chance(0.5))
        members.push_back(
            member("community_links", "models.example.org/" + std::to_string(random_.below(90000))));
      if (!entry.positive.empty() || !entry.negative.empty()) {
        members.push_back(R"("prompts": {)" + member("positive", entry.positive) + ", " +
                          member("negative", entry.negative) + "}");
      }
      std::vector<std::string> references;
      references.reserve(static_cast<std::size_t>(entry.pictures) + 1);
      for (int number = 0; number < entry.pictures; ++number)
        references.push_back(gallery_.add(owner, static_cast<Form>(number % 6)));
      if (entry.file.starts_with("harbour_dawn")) shared_picture_ = references.front();
      if (entry.file.starts_with("clip_harbour")) references.push_back(shared_picture_);
      if (!references.empty()) members.push_back(images(references));
      if (!entry.further.empty()) members.push_back(entry.further);
      return members.empty() ? std::string() : object(members);
    });
  }

  void add_doubles() {
    const std::uint64_t lighthouse = next_content_++;
    Row older = hashed("checkpoints/lighthouse_v5.safetensors", lighthouse);
    older.tags = {"sea side", "best of the year"};
    add_row(older, [&](const Subject& owner) {
      return object({member("description", "The first download. Good at night scenes."),
                     R"("prompts": {"positive": "lighthouse, storm, night", "negative": "people"})",
                     images({gallery_.add(owner, Form::Media)})});
    });
    Row newer = hashed("checkpoints/old/lighthouse_v5 (1).safetensors", lighthouse);
    newer.tags = {"landscape"};
    add_row(newer, [&](const Subject& owner) {
      return object({member("description", "Second download of the same file, by mistake."),
                     images({gallery_.add(owner, Form::Media), gallery_.add(owner, Form::Bare)})});
    });
    defect("two rows with one hash: lighthouse_v5, with different texts, tags and pictures");

    Row copy =
        unhashed("loras/backup/moss_and_stone.safetensors", content_of_.at("moss_and_stone.safetensors"));
    copy.tags = {"try again"};
    add_row(copy, [&](const Subject& owner) {
      return object({member("description", "Backup copy, with a description at last."),
                     images({gallery_.add(owner, Form::Media)})});
    });
    defect("an unhashed copy of a hashed model: loras/backup/moss_and_stone");

    const std::uint64_t quiet = next_content_++;
    catalogue_.add(unhashed("embeddings/quiet_hour.safetensors", quiet));
    Row twin = unhashed("embeddings/quiet_hour_twin.safetensors", quiet);
    twin.tags = {"wip"};
    twin.extra = object({member("description", "Same file, other name.")});
    catalogue_.add(twin);
    defect("two unhashed files of one content: quiet_hour and its twin");
  }

  void add_odd_hashes() {
    Row part = unhashed("checkpoints/short_memory.safetensors");
    part.hash = "A1B2C3D4E5";
    part.extra = object({member("description", "Only the first ten digits were copied.")});
    catalogue_.add(part);
    defect("a hash of ten digits: short_memory");

    Row prefixed = unhashed("loras/spellbound.safetensors");
    prefixed.hash = "sha256:" + std::string(57, 'c');
    catalogue_.add(prefixed);
    defect("a hash that is not hexadecimal: spellbound");

    Row stale = hashed("checkpoints/rebaked_v2.safetensors", next_content_++);
    stale.size = write_file(stale.path, stale.type, next_content_++).size;
    stale.extra = object({member("description", "Baked again after it was hashed.")});
    catalogue_.add(stale);
    defect("a hash that is older than its file: rebaked_v2");
  }

  void add_odd_paths() {
    Row lost = row((models_ / "loras/lost_at_sea.safetensors").string(), "loras");
    lost.size = 151'000'000;
    lost.tags = {"sea side", "wip"};
    add_row(lost, [&](const Subject& owner) {
      return object({member("description", "The file is gone, these words are not."),
                     images({gallery_.add(owner, Form::Media)})});
    });
    defect("an unhashed model whose file is missing: lost_at_sea");

    Row latin = row((models_ / "loras").string() + "/caf\xE9_noir.safetensors", "loras");
    latin.size = 36'000'000;
    catalogue_.add(latin);
    defect("a path that is not UTF-8: caf\\xE9_noir");

    for (const bool hashed : {false, true}) {
      const std::string file = hashed ? "fox_spirit_v3.safetensors" : "Snow Country.safetensors";
      const WrittenFile written = write_file(models_ / "loras" / "windows" / file, "loras", next_content_++);
      Row windows = row(std::string(kWindowsRoot) + R"(\loras\windows\)" + file, "loras");
      windows.size = written.size;
      if (hashed) windows.hash = written.sha256;
      windows.tags = {"best of the year"};
      add_row(windows, [&](const Subject& owner) {
        return object({member("description", "From the old Windows machine."),
                       images({gallery_.add(owner, Form::WindowsPath)})});
      });
    }
    defect("two rows with paths of a Windows machine");

    Row stray = unhashed("stray_download.safetensors");
    stray.type = stray.name;
    catalogue_.add(stray);
    defect("a type that is a file name: stray_download");
  }

  void add_odd_texts() {
    Row prose = unhashed("loras/handwritten.safetensors");
    prose.extra = "description: typed by hand, this is not JSON";
    catalogue_.add(prose);
    defect("extra_json that is not JSON: handwritten");

    Row list = unhashed("loras/listless.safetensors");
    list.extra = "[]";
    catalogue_.add(list);
    Row null = unhashed("vae/nothing_to_say.safetensors");
    null.extra = "null";
    catalogue_.add(null);
    defect("extra_json that is a list, or null: listless, nothing_to_say");

    add_row(unhashed("loras/mixed_up.safetensors"), [&](const Subject& owner) {
      return object({R"("description": 42)", R"("community_links": null)", R"("prompts": ["a", "b"])",
                     R"("images": )" + json_string(gallery_.add(owner, Form::Media))});
    });
    defect("values of the wrong type: mixed_up");
  }

  void add_odd_pictures() {
    add_row(unhashed("checkpoints/half_a_gallery.safetensors"), [&](const Subject& owner) {
      return object({images({gallery_.add(owner, Form::Media), "/media/model_0_1_never_saved.png",
                             gallery_.add(owner, Form::Bare)})});
    });
    defect("a picture that is missing: half_a_gallery");

    add_row(unhashed("checkpoints/not_a_picture.safetensors"), [&](const Subject& owner) {
      return object(
          {images({gallery_.add_text("not_a_picture.png", "<html>404: this was never a picture</html>\n"),
                   gallery_.add_truncated(owner), gallery_.add(owner, Form::Media)})});
    });
    defect("a text named .png and a JPEG that ends half-way: not_a_picture");

    add_row(unhashed("loras/wanderer.safetensors"), [&](const Subject& owner) {
      return object({images({"../hikaze_mm.sqlite3", "/etc/hostname", gallery_.add(owner, Form::HttpUrl)})});
    });
    defect("references that lead out of the pictures folder: wanderer");
  }

  fs::path models_;
  std::uint64_t seed_;
  Random random_;
  Catalogue catalogue_;
  Gallery gallery_;
  Summary summary_{};
  std::int64_t created_ = 0;
  std::uint64_t next_content_ = 1;
  std::map<std::string, std::uint64_t> content_of_{};
  std::map<std::uint64_t, std::string> titles_{};
  std::string shared_picture_{};
};

}  // namespace

Summary write_legacy_store(const fs::path& out, std::int64_t models, std::uint64_t seed) {
  const fs::path root = fs::absolute(out).lexically_normal();
  if (fs::exists(root / "legacy") || fs::exists(root / "models")) {
    throw std::runtime_error("there is a sample already: " + root.string());
  }
  fs::create_directories(root / "legacy");
  return Writer(root, seed).write(models);
}

}  // namespace sample
