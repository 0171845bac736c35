# esxvi::sim_server: for programs that include <esxvi/sim/server.hpp>. The library itself needs no OpenSSL and no
# Boost.Asio; without OpenSSL 3 there is no such target. The installed package uses this file too.
if(NOT TARGET esxvi::sim_server)
  find_package(OpenSSL 3.0 QUIET)
  if(OpenSSL_FOUND)
    find_package(Threads REQUIRED)
    add_library(esxvi::sim_server INTERFACE IMPORTED GLOBAL)
    target_link_libraries(esxvi::sim_server INTERFACE esxvi::esxvi OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
  endif()
endif()
