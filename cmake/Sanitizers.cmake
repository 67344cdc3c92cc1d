# MODELSTORE_SANITIZE applies to everything that is built here, so that no half of a program is blind.

if(MODELSTORE_SANITIZE)
  add_compile_options(-fsanitize=${MODELSTORE_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${MODELSTORE_SANITIZE})
  if(MODELSTORE_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Instrumented code leads GCC to report what is initialised.
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
  if(MODELSTORE_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Boost.Asio has fences, which GCC's sanitizer does not follow. Its queues are ordered by their mutexes.
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-tsan>)
  endif()
endif()

# `modelstore_sanitizer_environment()` gives all tests of the build, and what they start, the options under
# which a sanitizer's report fails them. It is read by ctest itself, so that no test can be forgotten.
function(modelstore_sanitizer_environment)
  if(NOT MODELSTORE_SANITIZE)
    return()
  endif()
  set(address "detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1")
  set(leak "print_suppressions=0")
  set(thread "halt_on_error=0:exitcode=66:second_deadlock_stack=1:history_size=4")
  foreach(kind IN ITEMS leak thread)
    string(SUBSTRING "${kind}" 0 1 letter)
    set(suppressions "${PROJECT_SOURCE_DIR}/tests/${letter}san.supp")
    if(EXISTS "${suppressions}")
      string(APPEND ${kind} ":suppressions=${suppressions}")
    endif()
  endforeach()
  set(file "${PROJECT_BINARY_DIR}/sanitizer_environment.cmake")
  file(
    CONFIGURE
    OUTPUT "${file}"
    CONTENT
      [[set(ENV{ASAN_OPTIONS} "@address@")
set(ENV{LSAN_OPTIONS} "@leak@")
set(ENV{UBSAN_OPTIONS} "print_stacktrace=1:halt_on_error=1")
set(ENV{TSAN_OPTIONS} "@thread@")
]]
    @ONLY)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${file}")
endfunction()
