# Each public header compiles alone and twice in a row: one generated source a header. Of the generated API types a few
# are enough, the generator writes them all the same way.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/include
     ${PROJECT_SOURCE_DIR}/include/esxvi/*.hpp)
list(FILTER headers EXCLUDE REGEX "^esxvi/types/")
list(FILTER headers EXCLUDE REGEX "/detail/")  # theirs to include who include them
list(FILTER headers EXCLUDE REGEX "^esxvi/sim/impl(/|ementation)")  # cmake/sim.cmake compiles them
file(GLOB vocabulary CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/include
     ${PROJECT_SOURCE_DIR}/include/esxvi/types/core.hpp ${PROJECT_SOURCE_DIR}/include/esxvi/types/core/*.hpp)
list(APPEND headers ${vocabulary})
foreach(sample IN ITEMS fwd Task ManagedEntity VirtualMachine VirtualMachineConfigSpec HostSystem)
  if(EXISTS ${PROJECT_SOURCE_DIR}/include/esxvi/types/${sample}.hpp)
    list(APPEND headers esxvi/types/${sample}.hpp)
  endif()
endforeach()

set(sources)
foreach(header IN LISTS headers)
  string(MAKE_C_IDENTIFIER ${header} stem)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/headers/${stem}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "#include <${header}>\n#include <${header}>\n" @ONLY)
  list(APPEND sources ${source})
endforeach()
if(sources)
  add_library(headers_alone OBJECT ${sources})
  target_link_libraries(headers_alone PRIVATE esxvi::esxvi esxvi_warnings)
  target_compile_options(headers_alone PRIVATE -g0)  # nobody runs them
endif()
