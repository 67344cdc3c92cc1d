/// The table that handles point into.
///
/// The value of a handle is a kind, a slot, and the generation of that slot: one that is zero, was made up,
/// was destroyed or is of another kind is recognised without following anything. A slot counts those who use
/// its object, and the last one destroys it, so that a handle may be destroyed while others use it.
///
/// There is no lock, so that a child of `fork` cannot inherit one that nobody will release. All functions may
/// be called from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

namespace modelstore::capi {

enum class Kind : std::uint8_t {
  Store = 1,
  Database,
  ImageProcessor,
  FileHasher,
  Scanner,
  LegacyImporter,
  ReactiveMigrator,
  Job,
};

/// What a handle stands for.
class Object {
 public:
  Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object() = default;
};

namespace table {

struct Slot;

struct Use {
  Slot* slot;
  Object* object;
};

/// A new handle's value. Errors: LimitExceeded (16 million handles), OutOfMemory.
[[nodiscard]] std::uint64_t add(Kind kind, std::unique_ptr<Object> object);

/// Keeps the object from being destroyed until `end_use`.
/// Errors: InvalidArgument (no handle, or of another kind), Closed (destroyed), Forked.
[[nodiscard]] Use begin_use(std::uint64_t value, Kind kind);
void end_use(Slot* slot) noexcept;

/// From now on the handle is a destroyed one; its object lives on for those who use it. Only one of several
/// callers succeeds. Errors: as `begin_use`.
[[nodiscard]] Use retire(std::uint64_t value, Kind kind);

}  // namespace table

/// An object in use. `T` has its kind as `T::kKind`.
template <class T>
class Used {
 public:
  explicit Used(table::Use use) noexcept : use_(use) {}
  Used(Used&& other) noexcept : use_(std::exchange(other.use_, {})) {}
  Used& operator=(Used&&) = delete;
  Used(const Used&) = delete;
  Used& operator=(const Used&) = delete;
  ~Used() {
    if (use_.slot) table::end_use(use_.slot);
  }

  [[nodiscard]] T& operator*() const noexcept { return static_cast<T&>(*use_.object); }
  [[nodiscard]] T* operator->() const noexcept { return &**this; }

 private:
  table::Use use_;
};

}  // namespace modelstore::capi
