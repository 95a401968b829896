# Compiler options for every target: warnings, hardening, sanitizers.
add_library(hwbak_options INTERFACE)
target_compile_options(hwbak_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wswitch-enum
  -fstack-protector-strong)
if(HWBAK_SANITIZE)
  target_compile_options(hwbak_options INTERFACE
    -fsanitize=${HWBAK_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  target_link_options(hwbak_options INTERFACE -fsanitize=${HWBAK_SANITIZE})
else()
  target_compile_definitions(hwbak_options INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
endif()
target_compile_definitions(hwbak_options INTERFACE _GLIBCXX_ASSERTIONS)
target_link_options(hwbak_options INTERFACE -Wl,-z,relro,-z,now)
