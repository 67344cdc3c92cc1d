// Made from modelstore.h by generate_sys.py; do not edit.

structs! {
    modelstore_text {
        data "data",
        size "size",
    }
    modelstore_bytes {
        data "data",
        size "size",
    }
    modelstore_sha256 {
        bytes "bytes",
    }
    modelstore_record_id {
        sha256 "sha256",
        pending "pending",
    }
    modelstore_path_rule {
        from "from",
        to "to",
    }
    modelstore_text_block {
        block_size "block_size",
        text "text",
    }
    modelstore_store {
        value "value",
    }
    modelstore_database {
        value "value",
    }
    modelstore_image_processor {
        value "value",
    }
    modelstore_file_hasher {
        value "value",
    }
    modelstore_scanner {
        value "value",
    }
    modelstore_legacy_importer {
        value "value",
    }
    modelstore_reactive_migrator {
        value "value",
    }
    modelstore_job {
        value "value",
    }
    modelstore_progress {
        done "done",
        total "total",
        unit "unit",
        reserved "reserved",
    }
    modelstore_tier_options {
        scale "scale",
        quality "quality",
        effort "effort",
    }
    modelstore_preview_options {
        struct_size "struct_size",
        accept_more_formats "accept_more_formats",
        max_pixels "max_pixels",
        high "high",
        medium "medium",
        low "low",
        max_source_bytes "max_source_bytes",
        max_source_pixels "max_source_pixels",
        keep_originals "keep_originals",
        isolated "isolated",
        decoder "decoder",
        decoder_memory_bytes "decoder_memory_bytes",
        decoder_timeout_ms "decoder_timeout_ms",
    }
    modelstore_store_options {
        struct_size "struct_size",
        create "create",
        read_only "read_only",
        threads "threads",
        busy_timeout_ms "busy_timeout_ms",
        previews "previews",
        post "post",
        post_user_data "post_user_data",
        post_destroy "post_destroy",
        log "log",
        log_user_data "log_user_data",
        log_destroy "log_destroy",
    }
    modelstore_problem {
        subject "subject",
        message "message",
        kind "kind",
        reserved "reserved",
    }
    modelstore_verify_options {
        struct_size "struct_size",
        deep "deep",
    }
    modelstore_verify_report {
        block_size "block_size",
        problems "problems",
        problems_count "problems_count",
        records_checked "records_checked",
        files_checked "files_checked",
        bytes_hashed "bytes_hashed",
    }
    modelstore_repair_options {
        struct_size "struct_size",
        apply "apply",
    }
    modelstore_repair {
        problem "problem",
        action "action",
        done "done",
        reserved "reserved",
    }
    modelstore_repair_report {
        block_size "block_size",
        repairs "repairs",
        repairs_count "repairs_count",
        quarantine "quarantine",
    }
    modelstore_tag {
        id "id",
        name "name",
        color "color",
    }
    modelstore_location {
        path "path",
        real_path "real_path",
        state "state",
        verified "verified",
    }
    modelstore_tier_file {
        name "name",
        size_bytes "size_bytes",
        sha256 "sha256",
    }
    modelstore_preview {
        id "id",
        position "position",
        width "width",
        height "height",
        files "files",
        original "original",
        source_format "source_format",
        source_text "source_text",
    }
    modelstore_pending_picture {
        id "id",
        position "position",
        file_name "file_name",
        original_name "original_name",
        format "format",
        size_bytes "size_bytes",
        sha256 "sha256",
    }
    modelstore_model {
        block_size "block_size",
        sha256 "sha256",
        name "name",
        type_ "type",
        size_bytes "size_bytes",
        created_at "created_at",
        verified "verified",
        trashed "trashed",
        metadata "metadata",
        tags "tags",
        tags_count "tags_count",
        locations "locations",
        locations_count "locations_count",
        previews "previews",
        previews_count "previews_count",
    }
    modelstore_pending_record {
        block_size "block_size",
        id "id",
        path "path",
        name "name",
        type_ "type",
        size_bytes "size_bytes",
        created_at "created_at",
        hash_state "hash_state",
        trashed "trashed",
        sha256 "sha256",
        metadata "metadata",
        tags "tags",
        tags_count "tags_count",
        pictures "pictures",
        pictures_count "pictures_count",
        last_error "last_error",
        reserved "reserved",
        last_error_message "last_error_message",
    }
    modelstore_record_summary {
        id "id",
        sha256 "sha256",
        name "name",
        type_ "type",
        path "path",
        size_bytes "size_bytes",
        created_at "created_at",
        verified "verified",
        trashed "trashed",
        images_count "images_count",
        tags "tags",
        tags_count "tags_count",
        first_image "first_image",
        last_error "last_error",
        reserved "reserved",
        last_error_message "last_error_message",
    }
    modelstore_record_page {
        block_size "block_size",
        records "records",
        records_count "records_count",
        total "total",
        next_cursor "next_cursor",
    }
    modelstore_record_filter {
        struct_size "struct_size",
        state "state",
        type_ "type",
        tags "tags",
        tags_count "tags_count",
        not_tags "not_tags",
        not_tags_count "not_tags_count",
        text "text",
    }
    modelstore_record_query {
        struct_size "struct_size",
        sort "sort",
        order "order",
        reserved "reserved",
        filter "filter",
        limit "limit",
        cursor "cursor",
    }
    modelstore_selection {
        struct_size "struct_size",
        reserved "reserved",
        ids "ids",
        ids_count "ids_count",
        filter "filter",
    }
    modelstore_tag_ref {
        id "id",
        name "name",
    }
    modelstore_record_edit {
        struct_size "struct_size",
        set_tags "set_tags",
        name "name",
        type_ "type",
        path "path",
        metadata "metadata",
        tags "tags",
        tags_count "tags_count",
        add_tags "add_tags",
        add_tags_count "add_tags_count",
        remove_tags "remove_tags",
        remove_tags_count "remove_tags_count",
    }
    modelstore_new_record {
        struct_size "struct_size",
        reserved "reserved",
        path "path",
        name "name",
        type_ "type",
        size_bytes "size_bytes",
        created_at "created_at",
        metadata "metadata",
        tags "tags",
        tags_count "tags_count",
    }
    modelstore_tag_list {
        block_size "block_size",
        tags "tags",
        tags_count "tags_count",
    }
    modelstore_type_count {
        type_ "type",
        count "count",
    }
    modelstore_tag_count {
        tag "tag",
        count "count",
    }
    modelstore_text_list {
        block_size "block_size",
        texts "texts",
        texts_count "texts_count",
    }
    modelstore_model_preview {
        block_size "block_size",
        model "model",
        preview "preview",
    }
    modelstore_facets {
        block_size "block_size",
        total "total",
        types "types",
        types_count "types_count",
        tags "tags",
        tags_count "tags_count",
    }
    modelstore_statistics {
        block_size "block_size",
        models "models",
        models_unverified "models_unverified",
        pending "pending",
        trashed "trashed",
        locations "locations",
        tags "tags",
        previews "previews",
        pending_pictures "pending_pictures",
        model_bytes "model_bytes",
        pending_bytes "pending_bytes",
        preview_bytes "preview_bytes",
        database_bytes "database_bytes",
        revision "revision",
        schema_version "schema_version",
    }
    modelstore_record_change {
        id "id",
        revision "revision",
        kind "kind",
        reserved "reserved",
    }
    modelstore_change_list {
        block_size "block_size",
        revision "revision",
        changes "changes",
        changes_count "changes_count",
    }
    modelstore_path_pair {
        from "from",
        to "to",
    }
    modelstore_relocate_report {
        block_size "block_size",
        locations "locations",
        pending "pending",
        examples "examples",
        examples_count "examples_count",
        conflicts "conflicts",
        conflicts_count "conflicts_count",
    }
    modelstore_found_list {
        block_size "block_size",
        ids "ids",
        ids_count "ids_count",
    }
    modelstore_encoded_tier {
        width "width",
        height "height",
        webp "webp",
    }
    modelstore_tier_set {
        block_size "block_size",
        tiers "tiers",
        source_format "source_format",
        source_text "source_text",
    }
    modelstore_bytes_block {
        block_size "block_size",
        bytes "bytes",
    }
    modelstore_preview_list {
        block_size "block_size",
        previews "previews",
        previews_count "previews_count",
    }
    modelstore_pending_picture_list {
        block_size "block_size",
        pictures "pictures",
        pictures_count "pictures_count",
    }
    modelstore_file_hash {
        block_size "block_size",
        path "path",
        sha256 "sha256",
        size_bytes "size_bytes",
        cached "cached",
        reserved "reserved",
    }
    modelstore_hash_item {
        path "path",
        sha256 "sha256",
        size_bytes "size_bytes",
        cached "cached",
        status "status",
        message "message",
    }
    modelstore_hash_batch {
        block_size "block_size",
        items "items",
        items_count "items_count",
        bytes_hashed "bytes_hashed",
    }
    modelstore_hash_options {
        struct_size "struct_size",
        reread "reread",
        parallel "parallel",
        reserved "reserved",
        on_file "on_file",
        on_file_user_data "on_file_user_data",
        on_file_destroy "on_file_destroy",
    }
    modelstore_scan_options {
        struct_size "struct_size",
        reserved "reserved",
        extensions "extensions",
        extensions_count "extensions_count",
    }
    modelstore_scan_skip {
        path "path",
        reason "reason",
    }
    modelstore_scan_report {
        block_size "block_size",
        files_seen "files_seen",
        added "added",
        known "known",
        missing "missing",
        changed "changed",
        pending_ids "pending_ids",
        pending_ids_count "pending_ids_count",
        skipped "skipped",
        skipped_count "skipped_count",
        elapsed_ms "elapsed_ms",
    }
    modelstore_import_options {
        struct_size "struct_size",
        dry_run "dry_run",
        database "database",
        pictures "pictures",
        path_map "path_map",
        path_map_count "path_map_count",
        source_id "source_id",
    }
    modelstore_skipped_row {
        legacy_id "legacy_id",
        reason "reason",
    }
    modelstore_import_conflict {
        legacy_id "legacy_id",
        field "field",
        reason "reason",
        kept "kept",
        lost "lost",
    }
    modelstore_import_report {
        block_size "block_size",
        models_read "models_read",
        active "active",
        pending "pending",
        merged "merged",
        unchanged "unchanged",
        skipped "skipped",
        tags "tags",
        links "links",
        images_imported "images_imported",
        images_missing "images_missing",
        images_failed "images_failed",
        skipped_rows "skipped_rows",
        skipped_rows_count "skipped_rows_count",
        conflicts "conflicts",
        conflicts_count "conflicts_count",
        elapsed_ms "elapsed_ms",
    }
    modelstore_migration_conflict {
        pending_id "pending_id",
        pending_path "pending_path",
        sha256 "sha256",
        existing_path "existing_path",
        resolution "resolution",
        reserved "reserved",
    }
    modelstore_claim_mismatch {
        record "record",
        path "path",
        claimed "claimed",
        computed "computed",
        rekeyed "rekeyed",
        changed "changed",
    }
    modelstore_migration_failure {
        id "id",
        path "path",
        message "message",
        status "status",
        reserved "reserved",
    }
    modelstore_migrate_hash_options {
        struct_size "struct_size",
        only_hash "only_hash",
        reread "reread",
        policy "policy",
    }
    modelstore_migrate_hash_result {
        block_size "block_size",
        sha256 "sha256",
        size_bytes "size_bytes",
        cached "cached",
        migrated "migrated",
        conflict "conflict",
        mismatch "mismatch",
    }
    modelstore_migrate_options {
        struct_size "struct_size",
        policy "policy",
        path_map "path_map",
        path_map_count "path_map_count",
        parallel "parallel",
        reserved "reserved",
    }
    modelstore_migration_report {
        block_size "block_size",
        promoted_ids "promoted_ids",
        promoted_ids_count "promoted_ids_count",
        merged_ids "merged_ids",
        merged_ids_count "merged_ids_count",
        verified "verified",
        verified_count "verified_count",
        conflicts "conflicts",
        conflicts_count "conflicts_count",
        mismatches "mismatches",
        mismatches_count "mismatches_count",
        failed "failed",
        failed_count "failed_count",
        bytes_hashed "bytes_hashed",
        elapsed_ms "elapsed_ms",
    }
}

constants! {
    MODELSTORE_C_VERSION_MAJOR,
    MODELSTORE_C_VERSION_MINOR,
    MODELSTORE_C_VERSION_PATCH,
    MODELSTORE_OK,
    MODELSTORE_INVALID_ARGUMENT,
    MODELSTORE_NOT_FOUND,
    MODELSTORE_ALREADY_EXISTS,
    MODELSTORE_CONFLICT,
    MODELSTORE_BUSY,
    MODELSTORE_CANCELLED,
    MODELSTORE_FILE_MISSING,
    MODELSTORE_FILE_UNREADABLE,
    MODELSTORE_FILE_CHANGED,
    MODELSTORE_NOT_REGULAR_FILE,
    MODELSTORE_UNSUPPORTED_FORMAT,
    MODELSTORE_BAD_IMAGE,
    MODELSTORE_LIMIT_EXCEEDED,
    MODELSTORE_CORRUPT,
    MODELSTORE_NOT_A_STORE,
    MODELSTORE_SCHEMA_TOO_NEW,
    MODELSTORE_READ_ONLY,
    MODELSTORE_NO_SPACE,
    MODELSTORE_IO,
    MODELSTORE_POISONED,
    MODELSTORE_CLOSED,
    MODELSTORE_FORKED,
    MODELSTORE_OUT_OF_MEMORY,
    MODELSTORE_DECODER_CRASHED,
    MODELSTORE_CLAIM_MISMATCH,
    MODELSTORE_UNSUPPORTED,
    MODELSTORE_INTERNAL,
    MODELSTORE_PROGRESS_BYTES,
    MODELSTORE_PROGRESS_FILES,
    MODELSTORE_PROGRESS_ROWS,
    MODELSTORE_PROGRESS_PICTURES,
    MODELSTORE_PROGRESS_RECORDS,
    MODELSTORE_LOG_DEBUG,
    MODELSTORE_LOG_INFO,
    MODELSTORE_LOG_WARNING,
    MODELSTORE_LOG_ERROR,
    MODELSTORE_PROBLEM_DATABASE_DAMAGED,
    MODELSTORE_PROBLEM_DANGLING_REFERENCE,
    MODELSTORE_PROBLEM_PREVIEW_FILE_MISSING,
    MODELSTORE_PROBLEM_PREVIEW_FILE_DIFFERS,
    MODELSTORE_PROBLEM_PENDING_FILE_MISSING,
    MODELSTORE_PROBLEM_PENDING_FILE_DIFFERS,
    MODELSTORE_PROBLEM_UNKNOWN_FILE,
    MODELSTORE_PROBLEM_BAD_FILE_NAME,
    MODELSTORE_PROBLEM_COUNTER_TOO_LOW,
    MODELSTORE_PROBLEM_SEARCH_OUT_OF_DATE,
    MODELSTORE_PROBLEM_OPERATION_LEFT,
    MODELSTORE_PROBLEM_MODEL_MISSING,
    MODELSTORE_PROBLEM_MODEL_DIFFERS,
    MODELSTORE_LOCATION_PRESENT,
    MODELSTORE_LOCATION_MISSING,
    MODELSTORE_LOCATION_OFFLINE,
    MODELSTORE_LOCATION_UNKNOWN,
    MODELSTORE_TIER_HIGH,
    MODELSTORE_TIER_MEDIUM,
    MODELSTORE_TIER_LOW,
    MODELSTORE_HASH_UNKNOWN,
    MODELSTORE_HASH_CLAIMED,
    MODELSTORE_HASH_COMPUTED,
    MODELSTORE_STATE_ACTIVE,
    MODELSTORE_STATE_PENDING,
    MODELSTORE_STATE_ALL,
    MODELSTORE_STATE_TRASH,
    MODELSTORE_SORT_NAME,
    MODELSTORE_SORT_SIZE,
    MODELSTORE_SORT_CREATED,
    MODELSTORE_SORT_TYPE,
    MODELSTORE_ASCENDING,
    MODELSTORE_DESCENDING,
    MODELSTORE_CREATED,
    MODELSTORE_CHANGED,
    MODELSTORE_DELETED,
    MODELSTORE_POLICY_DEFAULT,
    MODELSTORE_POLICY_MERGE,
    MODELSTORE_POLICY_REPORT,
    MODELSTORE_POLICY_REPLACE,
    MODELSTORE_POLICY_KEEP,
    MODELSTORE_POLICY_DISCARD,
}
