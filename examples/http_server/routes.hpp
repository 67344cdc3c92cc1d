/// The groups of requests that the server answers. Each function adds its group's handlers, which use `backend` and so
/// must not outlive it.
#pragma once

#include "backend.hpp"
#include "router.hpp"

namespace server {

void add_model_routes(Router& router, Backend& backend);      ///< lists, models, tags, changes
void add_pending_routes(Router& router, Backend& backend);    ///< records that wait for their hash
void add_migration_routes(Router& router, Backend& backend);  ///< import, hash, promote, scan, verify, jobs
void add_image_routes(Router& router, Backend& backend);      ///< previews and pending pictures

}  // namespace server
