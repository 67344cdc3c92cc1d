/// Numbers of the C interface and enumerators of the library. They are the same, which is checked here.
#pragma once

#include <cstdint>

#include "modelstore.h"
#include "modelstore/modelstore.hpp"
#include "status.hpp"

namespace modelstore::capi {

template <class Enum>
[[nodiscard]] constexpr std::int32_t to_c(Enum value) noexcept {
  return static_cast<std::int32_t>(value);
}

/// Errors: InvalidArgument for a number that is not between 0 and `last`.
template <class Enum>
[[nodiscard]] Enum to_enum(std::int32_t number, Enum last, const char* reason) {
  if (number < 0 || number > to_c(last)) refuse(reason);
  return static_cast<Enum>(number);
}

/// 0 stands for a default in C, so that the policies begin with 1.
[[nodiscard]] constexpr std::int32_t to_c(ConflictPolicy policy) noexcept {
  return static_cast<std::int32_t>(policy) + 1;
}

/// Errors: InvalidArgument.
[[nodiscard]] inline ConflictPolicy policy_or(std::int32_t number, ConflictPolicy otherwise) {
  if (number == MODELSTORE_POLICY_DEFAULT) return otherwise;
  if (number < 0 || number > to_c(ConflictPolicy::Discard)) refuse("no such conflict policy");
  return static_cast<ConflictPolicy>(number - 1);
}

static_assert(to_c(ErrorCode::InvalidArgument) == MODELSTORE_INVALID_ARGUMENT);
static_assert(to_c(ErrorCode::NotFound) == MODELSTORE_NOT_FOUND);
static_assert(to_c(ErrorCode::AlreadyExists) == MODELSTORE_ALREADY_EXISTS);
static_assert(to_c(ErrorCode::Conflict) == MODELSTORE_CONFLICT);
static_assert(to_c(ErrorCode::Busy) == MODELSTORE_BUSY);
static_assert(to_c(ErrorCode::Cancelled) == MODELSTORE_CANCELLED);
static_assert(to_c(ErrorCode::FileMissing) == MODELSTORE_FILE_MISSING);
static_assert(to_c(ErrorCode::FileUnreadable) == MODELSTORE_FILE_UNREADABLE);
static_assert(to_c(ErrorCode::FileChanged) == MODELSTORE_FILE_CHANGED);
static_assert(to_c(ErrorCode::NotRegularFile) == MODELSTORE_NOT_REGULAR_FILE);
static_assert(to_c(ErrorCode::UnsupportedFormat) == MODELSTORE_UNSUPPORTED_FORMAT);
static_assert(to_c(ErrorCode::BadImage) == MODELSTORE_BAD_IMAGE);
static_assert(to_c(ErrorCode::LimitExceeded) == MODELSTORE_LIMIT_EXCEEDED);
static_assert(to_c(ErrorCode::Corrupt) == MODELSTORE_CORRUPT);
static_assert(to_c(ErrorCode::NotAStore) == MODELSTORE_NOT_A_STORE);
static_assert(to_c(ErrorCode::SchemaTooNew) == MODELSTORE_SCHEMA_TOO_NEW);
static_assert(to_c(ErrorCode::ReadOnly) == MODELSTORE_READ_ONLY);
static_assert(to_c(ErrorCode::NoSpace) == MODELSTORE_NO_SPACE);
static_assert(to_c(ErrorCode::Io) == MODELSTORE_IO);
static_assert(to_c(ErrorCode::Poisoned) == MODELSTORE_POISONED);
static_assert(to_c(ErrorCode::Closed) == MODELSTORE_CLOSED);
static_assert(to_c(ErrorCode::Forked) == MODELSTORE_FORKED);
static_assert(to_c(ErrorCode::OutOfMemory) == MODELSTORE_OUT_OF_MEMORY);
static_assert(to_c(ErrorCode::DecoderCrashed) == MODELSTORE_DECODER_CRASHED);
static_assert(to_c(ErrorCode::ClaimMismatch) == MODELSTORE_CLAIM_MISMATCH);
static_assert(to_c(ErrorCode::Unsupported) == MODELSTORE_UNSUPPORTED);
static_assert(to_c(ErrorCode::Internal) == MODELSTORE_INTERNAL);

static_assert(to_c(ProgressUnit::Bytes) == MODELSTORE_PROGRESS_BYTES);
static_assert(to_c(ProgressUnit::Files) == MODELSTORE_PROGRESS_FILES);
static_assert(to_c(ProgressUnit::Rows) == MODELSTORE_PROGRESS_ROWS);
static_assert(to_c(ProgressUnit::Pictures) == MODELSTORE_PROGRESS_PICTURES);
static_assert(to_c(ProgressUnit::Records) == MODELSTORE_PROGRESS_RECORDS);

static_assert(to_c(LogLevel::Debug) == MODELSTORE_LOG_DEBUG);
static_assert(to_c(LogLevel::Info) == MODELSTORE_LOG_INFO);
static_assert(to_c(LogLevel::Warning) == MODELSTORE_LOG_WARNING);
static_assert(to_c(LogLevel::Error) == MODELSTORE_LOG_ERROR);

static_assert(to_c(ProblemKind::DatabaseDamaged) == MODELSTORE_PROBLEM_DATABASE_DAMAGED);
static_assert(to_c(ProblemKind::DanglingReference) == MODELSTORE_PROBLEM_DANGLING_REFERENCE);
static_assert(to_c(ProblemKind::PreviewFileMissing) == MODELSTORE_PROBLEM_PREVIEW_FILE_MISSING);
static_assert(to_c(ProblemKind::PreviewFileDiffers) == MODELSTORE_PROBLEM_PREVIEW_FILE_DIFFERS);
static_assert(to_c(ProblemKind::PendingFileMissing) == MODELSTORE_PROBLEM_PENDING_FILE_MISSING);
static_assert(to_c(ProblemKind::PendingFileDiffers) == MODELSTORE_PROBLEM_PENDING_FILE_DIFFERS);
static_assert(to_c(ProblemKind::UnknownFile) == MODELSTORE_PROBLEM_UNKNOWN_FILE);
static_assert(to_c(ProblemKind::BadFileName) == MODELSTORE_PROBLEM_BAD_FILE_NAME);
static_assert(to_c(ProblemKind::CounterTooLow) == MODELSTORE_PROBLEM_COUNTER_TOO_LOW);
static_assert(to_c(ProblemKind::SearchOutOfDate) == MODELSTORE_PROBLEM_SEARCH_OUT_OF_DATE);
static_assert(to_c(ProblemKind::OperationLeft) == MODELSTORE_PROBLEM_OPERATION_LEFT);
static_assert(to_c(ProblemKind::ModelMissing) == MODELSTORE_PROBLEM_MODEL_MISSING);
static_assert(to_c(ProblemKind::ModelDiffers) == MODELSTORE_PROBLEM_MODEL_DIFFERS);

static_assert(to_c(LocationState::Present) == MODELSTORE_LOCATION_PRESENT);
static_assert(to_c(LocationState::Missing) == MODELSTORE_LOCATION_MISSING);
static_assert(to_c(LocationState::Offline) == MODELSTORE_LOCATION_OFFLINE);
static_assert(to_c(LocationState::Unknown) == MODELSTORE_LOCATION_UNKNOWN);

static_assert(to_c(Tier::High) == MODELSTORE_TIER_HIGH);
static_assert(to_c(Tier::Medium) == MODELSTORE_TIER_MEDIUM);
static_assert(to_c(Tier::Low) == MODELSTORE_TIER_LOW);

static_assert(to_c(HashState::Unknown) == MODELSTORE_HASH_UNKNOWN);
static_assert(to_c(HashState::Claimed) == MODELSTORE_HASH_CLAIMED);
static_assert(to_c(HashState::Computed) == MODELSTORE_HASH_COMPUTED);

static_assert(to_c(StateFilter::Active) == MODELSTORE_STATE_ACTIVE);
static_assert(to_c(StateFilter::Pending) == MODELSTORE_STATE_PENDING);
static_assert(to_c(StateFilter::All) == MODELSTORE_STATE_ALL);
static_assert(to_c(StateFilter::Trash) == MODELSTORE_STATE_TRASH);

static_assert(to_c(SortKey::Name) == MODELSTORE_SORT_NAME);
static_assert(to_c(SortKey::Size) == MODELSTORE_SORT_SIZE);
static_assert(to_c(SortKey::Created) == MODELSTORE_SORT_CREATED);
static_assert(to_c(SortKey::Type) == MODELSTORE_SORT_TYPE);

static_assert(to_c(SortOrder::Ascending) == MODELSTORE_ASCENDING);
static_assert(to_c(SortOrder::Descending) == MODELSTORE_DESCENDING);

static_assert(to_c(ChangeKind::Created) == MODELSTORE_CREATED);
static_assert(to_c(ChangeKind::Changed) == MODELSTORE_CHANGED);
static_assert(to_c(ChangeKind::Deleted) == MODELSTORE_DELETED);

static_assert(to_c(ConflictPolicy::Merge) == MODELSTORE_POLICY_MERGE);
static_assert(to_c(ConflictPolicy::Report) == MODELSTORE_POLICY_REPORT);
static_assert(to_c(ConflictPolicy::Replace) == MODELSTORE_POLICY_REPLACE);
static_assert(to_c(ConflictPolicy::Keep) == MODELSTORE_POLICY_KEEP);
static_assert(to_c(ConflictPolicy::Discard) == MODELSTORE_POLICY_DISCARD);

}  // namespace modelstore::capi
