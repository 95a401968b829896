# What `cmake --install` puts where.
install(TARGETS hwbak RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
