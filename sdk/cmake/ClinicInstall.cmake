# What `cmake --install` brings beside the programs, libraries and plugins, whose own folders install them: headers, the CMake package
# (find_package(clinic): clinic::plugin, clinic::c, clinic::sdk), licences, documents and the samples.
include_guard(GLOBAL)
include(CMakePackageConfigHelpers)

# The headers of plugins need nothing but a compiler: C11 for *.h, C++17 for *.hpp, as the author chooses.
add_library(clinic_plugin INTERFACE)
add_library(clinic::plugin ALIAS clinic_plugin)
target_include_directories(clinic_plugin INTERFACE "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/sdk/include>"
                                                   "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
set_target_properties(clinic_plugin PROPERTIES EXPORT_NAME plugin)
set_target_properties(clinic_c PROPERTIES EXPORT_NAME c)
set_target_properties(clinic_sdk PROPERTIES EXPORT_NAME sdk)

install(DIRECTORY sdk/include/clinic DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT sdk)
install(TARGETS clinic_sdk EXPORT clinic-sdk ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT sdk)
install(TARGETS clinic_c EXPORT clinic-c LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT c)
install(TARGETS clinic_plugin EXPORT clinic-plugin)

set(clinic_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/clinic")
set(CLINIC_PLUGIN_INSTALL_DIR "${CMAKE_INSTALL_LIBDIR}/clinic/plugins")
foreach(part sdk c plugin)
  install(EXPORT clinic-${part} NAMESPACE clinic:: DESTINATION "${clinic_package_dir}" COMPONENT sdk)
endforeach()
configure_package_config_file(sdk/cmake/clinicConfig.cmake.in "${PROJECT_BINARY_DIR}/clinicConfig.cmake"
  INSTALL_DESTINATION "${clinic_package_dir}" PATH_VARS CLINIC_PLUGIN_INSTALL_DIR)
# Before 1.0 a minor version may break what C++ hosts compile; plugins and C hosts have a stable line of their own.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/clinicConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/clinicConfig.cmake" "${PROJECT_BINARY_DIR}/clinicConfigVersion.cmake" sdk/cmake/clinicDependencies.cmake
  sdk/cmake/clinic_plugin_folder.cpp.in
  DESTINATION "${clinic_package_dir}" COMPONENT sdk)

# It finds the library from where it stands: ../../../libclinic_c.so.0
install(DIRECTORY bindings/python/clinic DESTINATION "${CMAKE_INSTALL_LIBDIR}/python3/dist-packages" COMPONENT python
  FILES_MATCHING PATTERN "*.py" PATTERN "*.pyi" PATTERN "py.typed" PATTERN "__pycache__" EXCLUDE)

install(FILES LICENSE README.md CHANGELOG.md DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT doc)
install(FILES plugins/odb/LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}" RENAME LICENSE.storage-plugins COMPONENT doc)
# To begin one's own templates with; the SDK has them inside.
install(DIRECTORY sdk/templates DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT doc)
install(DIRECTORY docs/ DESTINATION "${CMAKE_INSTALL_DOCDIR}/docs" COMPONENT doc FILES_MATCHING PATTERN "*.md" PATTERN "*.png" PATTERN "*.json")
# With every sample, since the documents link to them; those in your_program, storage_plugin and notifier_plugin build by themselves.
install(DIRECTORY samples/ DESTINATION "${CMAKE_INSTALL_DOCDIR}/samples" COMPONENT doc PATTERN "__pycache__" EXCLUDE)
