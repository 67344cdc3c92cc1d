#include "handle_table.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>

#include "modelstore/error.hpp"
#include "process.hpp"

namespace modelstore::capi::table {

/// `state` holds the generation in its upper half, and below it two flags and the number of uses. Someone with
/// a stale handle may count itself as a use of any slot for a moment: the number only decides who destroys a
/// retired object.
struct Slot {
  std::atomic<std::uint64_t> state = 0;
  std::atomic<std::uint32_t> next_free = 0;  // its index plus one
  std::uint32_t index = 0;
  std::uint32_t process = 0;
  Kind kind = {};
  Object* object = nullptr;
};

namespace {

constexpr std::uint64_t kAlive = 1ULL << 31;
constexpr std::uint64_t kRetired = 1ULL << 30;
constexpr std::uint64_t kUses = kRetired - 1;
constexpr std::uint64_t kNextGeneration = 1ULL << 32;
constexpr std::uint32_t kLastGeneration = UINT32_MAX;

// A handle: kind in the upper 8 bits, slot in the next 24, generation in the lower 32.
constexpr unsigned kSlotShift = 32;
constexpr unsigned kKindShift = 56;
constexpr std::uint32_t kSlots = 1U << 24;

// Chunks double in size, so that a slot never moves and few handles take little memory.
constexpr std::uint32_t kFirstChunk = 64;
constexpr std::size_t kChunks = 19;
static_assert(kFirstChunk * ((1ULL << kChunks) - 1) >= kSlots);

std::array<std::atomic<Slot*>, kChunks> chunks;
std::atomic<std::uint32_t> slots_made = 0;

// A stack of free slots: the index of the first one plus one, and above it a count of changes, without which
// a thread that was interrupted could take a slot that meanwhile came back with another one behind it.
std::atomic<std::uint64_t> free_slots = 0;

constexpr std::uint32_t generation_of(std::uint64_t state) {
  return static_cast<std::uint32_t>(state >> 32);
}

struct Place {
  std::size_t chunk;
  std::uint32_t offset;
};

constexpr Place place_of(std::uint32_t index) {
  const auto chunk = static_cast<unsigned>(std::bit_width(index / kFirstChunk + 1)) - 1;
  return {chunk, index - kFirstChunk * ((1U << (chunk % 32)) - 1)};
}

/// Nothing if the slot was never made.
Slot* find_slot(std::uint32_t index) noexcept {
  const Place place = place_of(index);
  if (place.chunk >= kChunks) return nullptr;
  Slot* const chunk = chunks[place.chunk].load(std::memory_order_acquire);
  return chunk ? chunk + place.offset : nullptr;
}

Slot& make_slot() {
  std::uint32_t index = slots_made.load();
  do {
    if (index == kSlots) throw Error(ErrorCode::LimitExceeded, "too many handles exist at once");
  } while (!slots_made.compare_exchange_weak(index, index + 1));
  const Place place = place_of(index);
  Slot* chunk = chunks[place.chunk].load(std::memory_order_acquire);
  if (!chunk) {
    auto made = std::make_unique<Slot[]>(std::size_t{kFirstChunk} << place.chunk);
    if (chunks[place.chunk].compare_exchange_strong(chunk, made.get(), std::memory_order_acq_rel))
      chunk = made.release();
  }
  Slot& slot = chunk[place.offset];
  slot.index = index;
  slot.state.fetch_add(kNextGeneration);  // 0 stands for a slot that had no object yet
  return slot;
}

Slot* take_free_slot() noexcept {
  std::uint64_t head = free_slots.load(std::memory_order_acquire);
  while (static_cast<std::uint32_t>(head) != 0) {
    Slot* const slot = find_slot(static_cast<std::uint32_t>(head) - 1);
    const std::uint64_t next = ((head >> 32) + 1) << 32 | slot->next_free.load(std::memory_order_relaxed);
    if (free_slots.compare_exchange_weak(head, next, std::memory_order_acq_rel)) return slot;
  }
  return nullptr;
}

void give_back(Slot& slot) noexcept {
  std::uint64_t head = free_slots.load(std::memory_order_relaxed);
  std::uint64_t next = 0;
  do {
    slot.next_free.store(static_cast<std::uint32_t>(head), std::memory_order_relaxed);
    next = ((head >> 32) + 1) << 32 | (slot.index + 1);
  } while (!free_slots.compare_exchange_weak(head, next, std::memory_order_acq_rel));
}

[[noreturn]] void refuse(const char* reason) {
  throw Error(ErrorCode::InvalidArgument, reason);
}

Slot& slot_of(std::uint64_t value, Kind kind) {
  if (value == 0) refuse("no handle was given");
  if (value >> kKindShift != static_cast<std::uint64_t>(kind)) refuse("the handle is of another kind");
  Slot* const slot = find_slot(static_cast<std::uint32_t>(value >> kSlotShift) & (kSlots - 1));
  if (!slot) refuse("the handle was not made by this library");
  return *slot;
}

}  // namespace

std::uint64_t add(Kind kind, std::unique_ptr<Object> object) {
  const std::uint32_t process = process_number();
  Slot* slot = take_free_slot();
  if (!slot) slot = &make_slot();
  slot->process = process;
  slot->kind = kind;
  slot->object = object.release();
  const std::uint32_t generation = generation_of(slot->state.fetch_or(kAlive, std::memory_order_release));
  return static_cast<std::uint64_t>(kind) << kKindShift | std::uint64_t{slot->index} << kSlotShift |
         generation;
}

Use begin_use(std::uint64_t value, Kind kind) {
  Slot& slot = slot_of(value, kind);
  const std::uint64_t state = slot.state.fetch_add(1, std::memory_order_acquire);
  const auto generation = static_cast<std::uint32_t>(value);
  if (generation_of(state) == generation && (state & kAlive) && slot.kind == kind) {
    if (slot.process == process_number()) return {&slot, slot.object};
    end_use(&slot);
    throw Error(ErrorCode::Forked, "the handle was made by the parent of this process");
  }
  end_use(&slot);
  const bool made_up = generation == 0 || generation > generation_of(state) ||
                       (generation == generation_of(state) && !(state & kRetired));
  if (made_up) refuse("the handle was not made by this library");
  throw Error(ErrorCode::Closed, "the handle was destroyed");
}

void end_use(Slot* slot) noexcept {
  std::uint64_t state = slot->state.fetch_sub(1, std::memory_order_acq_rel) - 1;
  if ((state & kUses) != 0 || !(state & kRetired)) return;
  // Nobody else is here, unless with a stale handle: whoever takes the flag away destroys the object.
  const std::uint64_t free = (state & ~(kRetired | kUses)) + kNextGeneration;
  if (!slot->state.compare_exchange_strong(state, free, std::memory_order_acq_rel)) return;
  delete std::exchange(slot->object, nullptr);
  if (generation_of(free) != kLastGeneration) give_back(*slot);
}

Use retire(std::uint64_t value, Kind kind) {
  const Use use = begin_use(value, kind);
  std::uint64_t state = use.slot->state.load(std::memory_order_relaxed);
  do {
    if (!(state & kAlive)) {
      end_use(use.slot);
      throw Error(ErrorCode::Closed, "the handle was destroyed");
    }
  } while (
      !use.slot->state.compare_exchange_weak(state, (state & ~kAlive) | kRetired, std::memory_order_acq_rel));
  return use;
}

}  // namespace modelstore::capi::table
