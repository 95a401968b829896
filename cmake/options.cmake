# Compiler options for every target: warnings, hardening, sanitizers.
add_library(hwbak_options INTERFACE)
target_compile_options(hwbak_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wswitch-enum
  -fstack-protector-strong)
if(CMAKE_UNITY_BUILD)
  target_compile_options(hwbak_options INTERFACE -Wno-shadow -Wno-subobject-linkage)  # which think of one file
endif()
# A seventh of the time of building the tests would go into collecting the compiler's own garbage.
if(HWBAK_TESTS AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(hwbak_options INTERFACE --param=ggc-min-heapsize=400000)
endif()
if(HWBAK_SANITIZE)
  target_compile_options(hwbak_options INTERFACE
    -fsanitize=${HWBAK_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(hwbak_options INTERFACE -fsanitize=${HWBAK_SANITIZE})
  if(HWBAK_FUZZ AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(hwbak_options INTERFACE -fsanitize=fuzzer-no-link)  # libFuzzer sees the branches taken
    target_link_options(hwbak_options INTERFACE -fsanitize=fuzzer-no-link)
  endif()
else()
  target_compile_definitions(hwbak_options INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
endif()
target_compile_definitions(hwbak_options INTERFACE _GLIBCXX_ASSERTIONS)
# Where the source lay is nobody's business, and the same source gives the same program anywhere.
target_compile_options(hwbak_options INTERFACE $<$<CONFIG:Release>:-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=>)
target_link_options(hwbak_options INTERFACE -Wl,-z,relro,-z,now)
if(HWBAK_STATIC)
  target_link_options(hwbak_options INTERFACE -static -no-pie)  # libzxcvbn.a cannot be moved (cmake/library.cmake)
endif()
