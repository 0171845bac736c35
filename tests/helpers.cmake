# What most tests include, parsed once for all of them. Of clang's time it takes a third away; g++ 12 would only be as
# slow as before, since it reads a precompiled header whole. The builds without are those that notice a test which
# forgets an include, and clang-tidy cannot go without the file that is built here.
option(ESXVI_PRECOMPILE_TESTS "Precompile what most tests include (clang)" OFF)
if(ESXVI_PRECOMPILE_TESTS)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/precompiled.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "// Nothing but what is precompiled.\n")
  add_library(esxvi_test_headers OBJECT EXCLUDE_FROM_ALL ${source})
  target_link_libraries(esxvi_test_headers PRIVATE esxvi::esxvi doctest::doctest esxvi_warnings)
  # Nothing that reads a macro of which the programs have their own value.
  target_precompile_headers(esxvi_test_headers PRIVATE
                            <doctest/doctest.h>
                            <esxvi/query.hpp>
                            <esxvi/query/async.hpp>
                            <esxvi/query/watch.hpp>
                            <esxvi/session.hpp>
                            <esxvi/session/async.hpp>
                            <esxvi/task.hpp>
                            <esxvi/types/HostSystem_properties.hpp>
                            <esxvi/types/ServiceInstance.hpp>
                            <esxvi/types/VirtualMachine.hpp>
                            <esxvi/types/VirtualMachine_properties.hpp>)
  # Not from ccache: it takes headers that differ in comments for the same, and clang refuses a file that was made from
  # the others. Without times in it the same headers make the same file, so that what is compiled with it is found again.
  set_target_properties(esxvi_test_headers PROPERTIES CXX_COMPILER_LAUNCHER "")
  target_compile_options(esxvi_test_headers PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
endif()

# Lets TARGET have them. ccache keeps nothing that is compiled with a precompiled header unless it is told so.
function(esxvi_precompile target)
  target_precompile_headers(${target} REUSE_FROM esxvi_test_headers)
  if(ESXVI_CCACHE AND CMAKE_CXX_COMPILER_LAUNCHER STREQUAL ESXVI_CCACHE)
    set_target_properties(${target} PROPERTIES CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros;${ESXVI_CCACHE}")
  endif()
endfunction()

# esxvi_add_test(NAME SOURCE... [LIBS LIB...] [LABELS LABEL...] [DEFINES DEFINITION...] [TIMEOUT SECONDS]
#                [PROCESSORS COUNT] [ALONE])
#
# One small doctest program, one CTest test of the same name, labelled with its folder and LABELS. A program whose every
# case was skipped (ESXVI_SKIP in support/skip.hpp) counts as skipped. The label `concurrency` puts it into the build
# with ThreadSanitizer; `interop` has the vSphere simulator built first (support/peer.hpp starts it).
# PROCESSORS: CTest keeps so many free for it, for programs of many threads. ALONE: nothing else runs meanwhile, for
# those that judge how much processor time they took.
function(esxvi_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "ALONE" "TIMEOUT;PROCESSORS" "LIBS;LABELS;DEFINES")
  get_filename_component(folder ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  set(target test_${name})
  add_executable(${target} ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${target} PRIVATE esxvi::esxvi esxvi_test_main esxvi_warnings ${arg_LIBS})
  target_compile_definitions(${target} PRIVATE ${arg_DEFINES})
  # Those of other folders include little, or compile a header in a way of their own.
  if(ESXVI_PRECOMPILE_TESTS AND folder MATCHES "^(session|query|task|sim|host|sim_server|faults|interop|examples)$")
    esxvi_precompile(${target})
  endif()
  add_test(NAME ${name} COMMAND ${target})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${folder};${arg_LABELS}" SKIP_RETURN_CODE 77
                                          TIMEOUT ${arg_TIMEOUT})
  if(arg_PROCESSORS)
    set_tests_properties(${name} PROPERTIES PROCESSORS ${arg_PROCESSORS})
  endif()
  if(arg_ALONE)
    set_tests_properties(${name} PROPERTIES RUN_SERIAL TRUE)
  endif()
  add_dependencies(tests_all ${target})
  if("concurrency" IN_LIST arg_LABELS)
    add_dependencies(tests_concurrency ${target})
  endif()
  if("interop" IN_LIST arg_LABELS)
    add_dependencies(tests_interop ${target})
    target_compile_definitions(${target} PRIVATE ESXVI_VCSIM="${ESXVI_VCSIM}")
    if(TARGET vcsim)
      add_dependencies(${target} vcsim)
    endif()
  endif()
endfunction()

# esxvi_add_compile_failure(NAME SOURCE MESSAGE [DEFINES DEFINITION...])
#
# SOURCE must not compile, and the first error of the compiler must match MESSAGE (a regular expression).
function(esxvi_add_compile_failure name source message)
  cmake_parse_arguments(PARSE_ARGV 3 arg "" "" "DEFINES")
  get_filename_component(folder ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  list(TRANSFORM arg_DEFINES PREPEND -D)
  add_test(NAME ${name}
           COMMAND ${CMAKE_COMMAND} "-DMESSAGE=${message}" -P ${PROJECT_SOURCE_DIR}/tests/support/must_not_compile.cmake
                   -- ${CMAKE_CXX_COMPILER} -std=c++20 -fsyntax-only -I${PROJECT_SOURCE_DIR}/include
                   "-I$<JOIN:$<TARGET_PROPERTY:Boost::headers,INTERFACE_INCLUDE_DIRECTORIES>,;-I>" ${arg_DEFINES}
                   ${CMAKE_CURRENT_SOURCE_DIR}/${source}
           COMMAND_EXPAND_LISTS)
  set_tests_properties(${name} PROPERTIES LABELS "${folder};compile" TIMEOUT 300)
endfunction()

# esxvi_add_fuzzer(NAME SOURCE... [SLOW] [SEEDS FOLDER_OR_FILE...] [DICTIONARY FILE] [LIBS LIB...])
#
# SLOW: it takes minutes to build, or makes few runs a second; `./run test` leaves it to `--full`.
# A libFuzzer target (LLVMFuzzerTestOneInput) of the preset `fuzz`. In every other build the same code runs over its
# seeds as a test. Seeds that are missing are left out: the recorded bodies beside a checkout are optional.
set(ESXVI_LIBFUZZER OFF CACHE BOOL "Build the fuzz targets with libFuzzer (clang)")
set(ESXVI_FUZZERS ${PROJECT_BINARY_DIR}/fuzzers.tsv)
file(WRITE ${ESXVI_FUZZERS} "")
function(esxvi_add_fuzzer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SLOW" "DICTIONARY" "SEEDS;LIBS")
  set(seeds)
  foreach(seed IN LISTS arg_SEEDS)
    get_filename_component(seed ${seed} ABSOLUTE)
    if(EXISTS ${seed})
      list(APPEND seeds ${seed})
    endif()
  endforeach()
  set(target fuzz_${name})
  add_executable(${target} ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${target} PRIVATE esxvi::esxvi esxvi_warnings ${arg_LIBS})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  if(arg_SLOW)
    set(slow slow)
    add_dependencies(fuzzers_slow ${target})
  else()
    set(slow)
    add_dependencies(fuzzers ${target})
  endif()
  if(ESXVI_LIBFUZZER)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    set(dictionary)
    if(arg_DICTIONARY)
      get_filename_component(dictionary ${arg_DICTIONARY} ABSOLUTE)
    endif()
    file(APPEND ${ESXVI_FUZZERS} "${name}\t${CMAKE_CURRENT_BINARY_DIR}/${target}\t${dictionary}\t${seeds}\t${slow}\n")
  else()
    target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests/support/fuzz_main.cpp)
    add_dependencies(tests_all ${target})
    add_test(NAME ${target} COMMAND ${target} ${seeds})
    set_tests_properties(${target} PROPERTIES LABELS fuzz SKIP_RETURN_CODE 77 TIMEOUT 300)
  endif()
endfunction()
