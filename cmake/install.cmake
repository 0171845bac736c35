# `cmake --install`: the headers and a relocatable CMake package.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/esxvi)  # a header-only package belongs to no architecture

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/esxvi DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.hpp" PATTERN "*.ipp")
install(TARGETS esxvi EXPORT esxviTargets)
install(EXPORT esxviTargets NAMESPACE esxvi:: DESTINATION ${package_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/esxviConfig.cmake.in
                              ${PROJECT_BINARY_DIR}/esxviConfig.cmake
                              INSTALL_DESTINATION ${package_dir} PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/esxviConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/esxviConfig.cmake ${PROJECT_BINARY_DIR}/esxviConfigVersion.cmake
              ${PROJECT_SOURCE_DIR}/cmake/sim.cmake ${PROJECT_SOURCE_DIR}/cmake/sim_server.cmake
        DESTINATION ${package_dir})
