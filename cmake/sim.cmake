# The simulated host as a library. The headers declare it; what stands behind them takes a compiler minutes, so it is
# compiled once for all programs that link it, in parts that can be built side by side, and only if one does.
#
#   esxvi::sim         the host: <esxvi/sim.hpp>
#   esxvi::sim_uri     the same, and connect("sim://demo") works; to be linked by the program itself
#   esxvi::sim_server  the server (sim_server.cmake; where there is OpenSSL 3)
#
# The installed package uses this file too: find_package(esxvi COMPONENTS sim).
# A function, for the variables of who asks for the package are not to be touched.
function(esxvi_add_sim)
  if(NOT esxvi_include_dir)  # the package sets it
    get_filename_component(esxvi_include_dir "${CMAKE_CURRENT_LIST_DIR}/../include" ABSOLUTE)
  endif()
  set(parts_folder ${esxvi_include_dir}/esxvi/sim/impl)
  file(GLOB parts CONFIGURE_DEPENDS RELATIVE ${parts_folder} ${parts_folder}/*.hpp)
  set(sources)
  foreach(part IN LISTS parts)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/esxvi_sim/${part}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include <esxvi/sim/impl/${part}>\n" @ONLY)
    list(APPEND sources ${source})
  endforeach()
  # Shared, by an option of its own, where many programs would hold a copy each; its symbols have to be visible.
  if(ESXVI_SIM_SHARED)
    set(kind SHARED)
  else()
    set(kind STATIC)
  endif()
  add_library(esxvi_sim ${kind} EXCLUDE_FROM_ALL ${sources})
  add_library(esxvi::sim ALIAS esxvi_sim)
  target_link_libraries(esxvi_sim PUBLIC esxvi::esxvi)
  target_compile_definitions(esxvi_sim INTERFACE ESXVI_SIM_LIBRARY)
  # Most of the time goes into the tables of API types that nearly all parts need: six files with six parts each take a
  # fifth of what single parts take together. All in one would take 6 GiB.
  set_target_properties(esxvi_sim PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)

  # Objects, because nobody refers to what is in there: a linker would leave it in an archive.
  set(source ${CMAKE_CURRENT_BINARY_DIR}/esxvi_sim/sim_uri.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "#include <esxvi/sim/connect.hpp>\n" @ONLY)
  add_library(esxvi_sim_uri OBJECT EXCLUDE_FROM_ALL ${source})
  add_library(esxvi::sim_uri ALIAS esxvi_sim_uri)
  target_link_libraries(esxvi_sim_uri PUBLIC esxvi_sim)
  if(TARGET esxvi_warnings)
    target_link_libraries(esxvi_sim PRIVATE esxvi_warnings)
    # Lines for backtraces; all there is to know about a thousand types takes a compiler half as long again.
    target_compile_options(esxvi_sim PRIVATE -g1)
    target_link_libraries(esxvi_sim_uri PRIVATE esxvi_warnings)
  endif()
endfunction()
if(NOT TARGET esxvi_sim)
  esxvi_add_sim()
endif()
