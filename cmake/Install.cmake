# The installed package: the library, its public headers, and what find_package and pkg-config need. A shared
# library asks nothing of the program that uses it; a static one needs the libraries behind it at link time.

include(CMakePackageConfigHelpers)

set(modelstore_cmake_dir "${CMAKE_INSTALL_LIBDIR}/cmake/modelstore")

install(
  TARGETS modelstore
  EXPORT modelstore-targets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}"
  FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(TARGETS modelstore_decode RUNTIME DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}")
install(
  EXPORT modelstore-targets
  NAMESPACE modelstore::
  DESTINATION "${modelstore_cmake_dir}")

get_target_property(modelstore_type modelstore TYPE)
set(modelstore_is_static OFF)
if(modelstore_type STREQUAL "SHARED_LIBRARY")
  file(RELATIVE_PATH modelstore_decode_libdir "${CMAKE_INSTALL_FULL_LIBEXECDIR}" "${CMAKE_INSTALL_FULL_LIBDIR}")
  set_target_properties(modelstore_decode PROPERTIES INSTALL_RPATH "$ORIGIN/${modelstore_decode_libdir}")
endif()
set(modelstore_requirements "${modelstore_sqlite_requirement}" "${modelstore_cryptopp_requirement}"
                            "${modelstore_vips_requirement}")
set(modelstore_private_requires)
set(modelstore_private_libs)
if(modelstore_type STREQUAL "STATIC_LIBRARY")
  set(modelstore_is_static ON)
  list(JOIN modelstore_requirements ", " modelstore_private_requires)
  set(modelstore_private_libs "-lstdc++ -pthread")
endif()

configure_package_config_file(
  "${CMAKE_CURRENT_LIST_DIR}/modelstore-config.cmake.in" "${PROJECT_BINARY_DIR}/modelstore-config.cmake"
  INSTALL_DESTINATION "${modelstore_cmake_dir}"
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/modelstore-config-version.cmake"
                                 COMPATIBILITY SameMajorVersion)
install(FILES "${PROJECT_BINARY_DIR}/modelstore-config.cmake"
              "${PROJECT_BINARY_DIR}/modelstore-config-version.cmake" DESTINATION "${modelstore_cmake_dir}")

# The C interface, which can be installed alone: cmake --install BUILD --component capi
if(MODELSTORE_BUILD_CAPI)
  install(
    TARGETS modelstore_c
    EXPORT modelstore-capi-targets
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT capi
    FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT capi)
  install(
    EXPORT modelstore-capi-targets
    NAMESPACE modelstore::
    DESTINATION "${modelstore_cmake_dir}"
    COMPONENT capi)
  install(TARGETS modelstore_decode RUNTIME DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}" COMPONENT capi)
  install(FILES "${PROJECT_BINARY_DIR}/modelstore-config.cmake"
                "${PROJECT_BINARY_DIR}/modelstore-config-version.cmake"
          DESTINATION "${modelstore_cmake_dir}"
          COMPONENT capi)
  if(NOT modelstore_is_static)
    install(TARGETS modelstore LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT capi NAMELINK_SKIP)
    set_target_properties(modelstore_c PROPERTIES INSTALL_RPATH "$ORIGIN")
  endif()
endif()

# Paths in modelstore.pc are relative to its own place, so that the package can be moved.
set(modelstore_pc_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}" OR IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
  set(modelstore_pc_prefix "${CMAKE_INSTALL_PREFIX}")
  set(modelstore_pc_libdir "${CMAKE_INSTALL_FULL_LIBDIR}")
  set(modelstore_pc_includedir "${CMAKE_INSTALL_FULL_INCLUDEDIR}")
else()
  file(RELATIVE_PATH modelstore_pc_prefix "/${modelstore_pc_dir}" "/")
  string(REGEX REPLACE "/$" "" modelstore_pc_prefix "\${pcfiledir}/${modelstore_pc_prefix}")
  set(modelstore_pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
  set(modelstore_pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
configure_file("${CMAKE_CURRENT_LIST_DIR}/modelstore.pc.in" "${PROJECT_BINARY_DIR}/modelstore.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/modelstore.pc" DESTINATION "${modelstore_pc_dir}")
if(MODELSTORE_BUILD_CAPI)
  configure_file("${CMAKE_CURRENT_LIST_DIR}/modelstore_c.pc.in" "${PROJECT_BINARY_DIR}/modelstore_c.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/modelstore_c.pc" DESTINATION "${modelstore_pc_dir}" COMPONENT capi)
endif()

install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/README.md"
        DESTINATION "${CMAKE_INSTALL_DOCDIR}")
