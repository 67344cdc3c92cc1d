#include "gallery.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <tuple>

#include <vips/vips.h>

#include "random.hpp"

namespace sample {
namespace {

constexpr std::array<std::pair<int, int>, 7> kSizes = {
    {{832, 1216}, {1024, 1024}, {768, 512}, {1216, 832}, {300, 400}, {512, 768}, {1920, 1080}}};

/// Letters and digits; all else becomes an underscore.
std::string safe_name(std::string_view title) {
  std::string name;
  for (const char c : title) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain) {
      name += c;
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  return name.empty() ? "picture" : name;
}

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
    if (plain) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += '%';
      encoded += "0123456789ABCDEF"[byte >> 4U];
      encoded += "0123456789ABCDEF"[byte & 15U];
    }
  }
  return encoded;
}

/// What the well-known web interface writes into its PNG files.
std::string generation_parameters(const Subject& subject, const PictureSpec& spec) {
  std::string text = subject.positive.empty() ? "landscape, " + subject.title : subject.positive;
  if (!subject.negative.empty()) text += "\nNegative prompt: " + subject.negative;
  return text + "\nSteps: 28, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: " +
         std::to_string(spec.seed & 0xFFFFFFFFU) + ", Size: " + std::to_string(spec.width) + "x" +
         std::to_string(spec.height) + ", Model: " + subject.title;
}

}  // namespace

Gallery::Gallery(std::filesystem::path folder, std::uint64_t seed) : folder_(std::move(folder)), seed_(seed) {
  std::filesystem::create_directories(folder_);
}

PictureSpec Gallery::next_spec(const Subject& subject) {
  const auto number = planned_.size();
  PictureSpec spec;
  spec.format = static_cast<Format>(number % 4);
  spec.seed = mix(seed_ * 1000 + number);
  std::tie(spec.width, spec.height) = kSizes[number % kSizes.size()];
  if (spec.format == Format::Png) {
    spec.texts.emplace_back("parameters", generation_parameters(subject, spec));
    if (number % 3 == 0)
      spec.texts.emplace_back("workflow", R"({"nodes": [{"id": 1, "type": "Sampler"}], "version": 0.4})");
    spec.alpha = number % 5 == 4;
  } else if (spec.format == Format::Jpeg) {
    if (number % 3 == 1) std::tie(spec.width, spec.height) = std::pair(3000, 2000);
    if (number % 3 == 2) spec.orientation = 6;
  } else if (spec.format == Format::Gif) {
    std::tie(spec.width, spec.height) = number % 8 == 3 ? std::pair(480, 320) : std::pair(400, 600);
    if (number % 3 == 0) spec.frames = 5;
  }
  ++counts_[static_cast<std::size_t>(spec.format)];
  return spec;
}

std::string Gallery::add(const Subject& subject, Form form) {
  const PictureSpec spec = next_spec(subject);
  const std::string end = extension(spec.format);
  const std::string stem = safe_name(subject.title) + "_" + std::to_string(planned_.size());
  std::string name = stem + end;
  std::string reference;
  switch (form) {
    case Form::Media:
      name = "model_" + std::to_string(subject.id) + "_" + std::to_string(subject.created_at + 1234) + "_" +
             name;
      reference = "/media/" + name;
      break;
    case Form::Bare:
      reference = name;
      break;
    case Form::PosixPath:
      reference = "/home/ana/ComfyUI/custom_nodes/hikaze/images/" + name;
      break;
    case Form::WindowsPath:
      reference = "C:\\Users\\Ana\\hikaze\\images\\" + name;
      break;
    case Form::FileUrl:
      name = "naïve view of " + name;
      reference = "file:///home/ana/hikaze/images/" + percent_encoded(name);
      break;
    case Form::HttpUrl:
      reference = "http://127.0.0.1:8199/media/" + name + "?width=400&v=2";
      break;
  }
  planned_.push_back({name, spec, false});
  return reference;
}

std::string Gallery::add_truncated(const Subject& subject) {
  PictureSpec spec;
  spec.format = Format::Jpeg;
  spec.width = 768;
  spec.height = 512;
  spec.seed = mix(seed_ * 1000 + planned_.size());
  const std::string name = safe_name(subject.title) + "_half.jpg";
  planned_.push_back({name, spec, true});
  return "/media/" + name;
}

std::string Gallery::add_text(std::string_view name, std::string_view text) {
  write(name, text);
  return "/media/" + std::string(name);
}

void Gallery::write(std::string_view name, std::string_view bytes) const {
  const auto path = folder_ / name;
  std::ofstream out(path, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) throw std::runtime_error("cannot write " + path.string());
}

void Gallery::paint() const {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    try {
      for (std::size_t index = next++; index < planned_.size(); index = next++) {
        std::string bytes = make_picture(planned_[index].spec);
        if (planned_[index].truncated) bytes.resize(bytes.size() / 2);
        write(planned_[index].name, bytes);
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      failure = std::current_exception();
      next = planned_.size();
    }
    vips_thread_shutdown();
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned count = std::max(1U, std::thread::hardware_concurrency()); count > 0; --count)
      threads.emplace_back(work);
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace sample
