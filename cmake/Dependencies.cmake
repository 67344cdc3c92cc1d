# The libraries that the core is built on. Each becomes one imported target, which only its adapter in src/
# sees; nothing of them is part of the public interface. A static library hands its requirements on.

set(modelstore_sqlite_requirement "sqlite3 >= 3.40")
set(modelstore_cryptopp_requirement "libcrypto++ >= 8.7")
set(modelstore_vips_requirement "vips >= 8.14")

# Global, so that a project that adds this one as a subdirectory can link what a static library needs.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

foreach(library IN ITEMS sqlite cryptopp vips)
  string(REPLACE " " "" requirement "${modelstore_${library}_requirement}")
  pkg_check_modules(modelstore_${library} REQUIRED IMPORTED_TARGET GLOBAL ${requirement})
endforeach()

# Asio and JSON are used as headers: no Boost library is linked.
find_package(Boost 1.81 REQUIRED)

unset(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL)
