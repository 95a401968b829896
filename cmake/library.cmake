# libhwbak: every room of src/ but the program's own (harden, term, report, cli).
# The order of the rooms is the order of the house (docs/architecture.md); tests/rooms checks it.
set(HWBAK_ROOMS base secret io crypto container wallet otp device audit foreign recover link practice tasks)

find_package(OpenSSL 3 REQUIRED)
find_package(LibLZMA REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(SECP256K1 REQUIRED libsecp256k1)
find_path(HWBAK_ZXCVBN zxcvbn.h REQUIRED)
find_path(HWBAK_UTF8PROC utf8proc.h REQUIRED)
find_path(HWBAK_QRCODEGEN qrcodegen/qrcodegen.h REQUIRED)
find_path(HWBAK_SERIALPORT libserialport.h REQUIRED)
find_path(HWBAK_BOOST_JSON boost/json/basic_parser_impl.hpp REQUIRED)

# Debian's archive of libzxcvbn is not position independent, so only a static program can hold it.
if(HWBAK_STATIC)
  find_library(HWBAK_LIBZXCVBN libzxcvbn.a REQUIRED)
else()
  find_library(HWBAK_LIBZXCVBN libzxcvbn.so REQUIRED)
endif()

# Static archives: the program starts fast and runs on machines that have none of them installed.
find_library(HWBAK_LIBCRYPTO libcrypto.a REQUIRED)
find_library(HWBAK_LIBLZMA liblzma.a REQUIRED)
find_library(HWBAK_LIBSECP256K1 libsecp256k1.a REQUIRED)
find_library(HWBAK_LIBUTF8PROC libutf8proc.a REQUIRED)
find_library(HWBAK_LIBQRCODEGEN libqrcodegen.a REQUIRED)
find_library(HWBAK_LIBSERIALPORT libserialport.a REQUIRED)
find_library(HWBAK_BOOST_JSON_LIBRARY libboost_json.a REQUIRED)

set(sources)
foreach(room IN LISTS HWBAK_ROOMS)
  file(GLOB_RECURSE found CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${room}/*.cpp)
  list(APPEND sources ${found})
endforeach()
add_library(libhwbak STATIC ${sources})
add_library(hwbak::hwbak ALIAS libhwbak)
# A share's thirty million steps cannot be made fewer for a test, nor the thousands of keys of a search. Sanitized they take twenty times as
# long, and these kernels touch nothing but arrays of fixed size and locked pages, which have guard pages of their own; each is
# compared with OpenSSL before it is used.
if(HWBAK_SANITIZE)
  file(GLOB kernels ${PROJECT_SOURCE_DIR}/src/crypto/md5_*.cpp ${PROJECT_SOURCE_DIR}/src/crypto/sha256_*.cpp)
  set_source_files_properties(${kernels} PROPERTIES COMPILE_OPTIONS "-O2;-fno-sanitize=all" SKIP_PRECOMPILE_HEADERS ON)
endif()
set_target_properties(libhwbak PROPERTIES OUTPUT_NAME hwbak EXPORT_NAME hwbak POSITION_INDEPENDENT_CODE ON)
target_include_directories(libhwbak
  PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
  PRIVATE ${PROJECT_SOURCE_DIR}/src)
target_compile_features(libhwbak PUBLIC cxx_std_20)
target_compile_definitions(libhwbak PRIVATE HWBAK_VERSION="${PROJECT_VERSION}")
if(HWBAK_STATIC)
  target_compile_definitions(libhwbak PRIVATE HWBAK_STATIC)  # nothing can be loaded at run time
endif()
target_link_libraries(libhwbak PRIVATE
  $<BUILD_INTERFACE:hwbak_options>
  $<BUILD_INTERFACE:${HWBAK_BOOST_JSON_LIBRARY}> $<BUILD_INTERFACE:${HWBAK_LIBSECP256K1}>
  $<BUILD_INTERFACE:${HWBAK_LIBZXCVBN}> $<BUILD_INTERFACE:${HWBAK_LIBUTF8PROC}> $<BUILD_INTERFACE:${HWBAK_LIBQRCODEGEN}>
  $<BUILD_INTERFACE:${HWBAK_LIBSERIALPORT}>
  $<BUILD_INTERFACE:${HWBAK_LIBLZMA}> $<BUILD_INTERFACE:${HWBAK_LIBCRYPTO}> $<BUILD_INTERFACE:${CMAKE_DL_LIBS}>
  # An installed archive links what the consumer's machine has (cmake/hwbakConfig.cmake.in finds these).
  $<INSTALL_INTERFACE:Boost::json> $<INSTALL_INTERFACE:PkgConfig::hwbak_secp256k1>
  $<INSTALL_INTERFACE:hwbak_zxcvbn> $<INSTALL_INTERFACE:PkgConfig::hwbak_utf8proc>
  $<INSTALL_INTERFACE:PkgConfig::hwbak_qrcodegen> $<INSTALL_INTERFACE:PkgConfig::hwbak_serialport>
  $<INSTALL_INTERFACE:LibLZMA::LibLZMA> $<INSTALL_INTERFACE:OpenSSL::Crypto>)
target_precompile_headers(libhwbak PRIVATE
  <array> <cstdint> <filesystem> <optional> <span> <string> <string_view> <vector>)
