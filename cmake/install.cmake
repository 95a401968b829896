# What `cmake --install` puts where. Component `program` is for people (packages hold it alone); component
# `library` is for programmers: archive, headers, CMake and pkg-config files.
include(CMakePackageConfigHelpers)

install(TARGETS hwbak RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
include(cmake/manuals.cmake)

install(TARGETS libhwbak EXPORT hwbak ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
install(DIRECTORY include/hwbak DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library FILES_MATCHING PATTERN *.h)

set(config_folder ${CMAKE_INSTALL_LIBDIR}/cmake/hwbak)
install(EXPORT hwbak NAMESPACE hwbak:: FILE hwbakTargets.cmake DESTINATION ${config_folder} COMPONENT library)
configure_package_config_file(cmake/hwbakConfig.cmake.in ${PROJECT_BINARY_DIR}/hwbakConfig.cmake
  INSTALL_DESTINATION ${config_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/hwbakConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/hwbakConfig.cmake ${PROJECT_BINARY_DIR}/hwbakConfigVersion.cmake
  DESTINATION ${config_folder} COMPONENT library)

# The prefix is found from where the file lies, so that an installed tree can be moved.
file(RELATIVE_PATH hwbak_prefix_from_pc /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/hwbak.pc.in ${PROJECT_BINARY_DIR}/hwbak.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/hwbak.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)
