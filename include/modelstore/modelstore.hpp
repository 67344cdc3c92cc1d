/// Everything that the library offers. Programs that need less include the header of a class.
#pragma once

#include "modelstore/database.hpp"           // IWYU pragma: export
#include "modelstore/error.hpp"              // IWYU pragma: export
#include "modelstore/file_hasher.hpp"        // IWYU pragma: export
#include "modelstore/image_processor.hpp"    // IWYU pragma: export
#include "modelstore/job.hpp"                // IWYU pragma: export
#include "modelstore/legacy_importer.hpp"    // IWYU pragma: export
#include "modelstore/path_map.hpp"           // IWYU pragma: export
#include "modelstore/reactive_migrator.hpp"  // IWYU pragma: export
#include "modelstore/record_id.hpp"          // IWYU pragma: export
#include "modelstore/record_query.hpp"       // IWYU pragma: export
#include "modelstore/records.hpp"            // IWYU pragma: export
#include "modelstore/scanner.hpp"            // IWYU pragma: export
#include "modelstore/sha256.hpp"             // IWYU pragma: export
#include "modelstore/store.hpp"              // IWYU pragma: export
#include "modelstore/version.hpp"            // IWYU pragma: export
