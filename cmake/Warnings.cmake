# Warnings are for our own code: `modelstore_set_warnings(target)` keeps them off the libraries' headers and
# out of what programs that use modelstore see.

function(modelstore_set_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                                           $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes$<SEMICOLON>-Wmissing-prototypes>)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # GCC bug 105651: string concatenation is reported as overlapping copies.
    target_compile_options(${target} PRIVATE -Wno-restrict)
  endif()
  if(MODELSTORE_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()
