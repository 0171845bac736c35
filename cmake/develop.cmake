# What the tests, tools, examples and benches of esxvi itself share. Users of the library never read this file.
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Everything links this and nothing exports it: warnings are our business, not our users'.
add_library(esxvi_warnings INTERFACE)
target_compile_options(esxvi_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
                       # clang++ reports std::stable_sort of libstdc++ 12, which uses a deprecated function of its own.
                       $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)

# With the sanitizers there is much to link, several hundred times. clang finds lld beside itself.
find_program(ESXVI_LLD NAMES ld.lld HINTS /usr/lib/llvm-19/bin)
if(ESXVI_LLD AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  add_link_options(-fuse-ld=lld)
endif()

if(NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(ESXVI_CCACHE ccache)
  if(ESXVI_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${ESXVI_CCACHE})
  endif()
endif()

# The vSphere simulator that interoperability tests, benches and the demo talk to: a small Go program around Debian's
# govmomi package (see tests/interop/vcsim/main.go). Without Go those tests say so and are skipped.
set(ESXVI_VCSIM ${PROJECT_BINARY_DIR}/bin/vcsim CACHE FILEPATH "Where the vSphere simulator is built")
set(ESXVI_GOPATH /usr/share/gocode CACHE PATH "GOPATH that holds github.com/vmware/govmomi")
find_program(ESXVI_GO go)
if(ESXVI_GO AND EXISTS ${ESXVI_GOPATH}/src/github.com/vmware/govmomi/simulator)
  set(go_build ${CMAKE_COMMAND} -E env GO111MODULE=off GOPATH=${ESXVI_GOPATH} ${ESXVI_GO} build)
  add_custom_command(OUTPUT ${ESXVI_VCSIM}
                     COMMAND ${go_build} -o ${ESXVI_VCSIM} ./tests/interop/vcsim
                     DEPENDS ${PROJECT_SOURCE_DIR}/tests/interop/vcsim/main.go
                     WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
                     COMMENT "Building the vSphere simulator" VERBATIM)
  add_custom_target(vcsim DEPENDS ${ESXVI_VCSIM})
else()
  message(STATUS "No Go with govmomi: the vSphere simulator is not built, interoperability tests will be skipped")
endif()
