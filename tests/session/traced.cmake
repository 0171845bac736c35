# cmake -DPROGRAM=... -DSEARCH=no_secrets.sh -DLOG=... -P traced.cmake: the program with ESXVI_TRACE=bodies. Its trace has
# everything in it but secrets.
cmake_minimum_required(VERSION 3.20)

set(ENV{ESXVI_TRACE} bodies)
execute_process(COMMAND ${PROGRAM} RESULT_VARIABLE result OUTPUT_FILE ${LOG} ERROR_FILE ${LOG})
file(READ ${LOG} trace)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${result}:\n${trace}")
endif()
foreach(part IN ITEMS "/sdk (Login)" "<userName>root</userName>" "<password>[redacted]</password>" "<key>[redacted]</key>"
        "Cookie: vmware_soap_session=[redacted]" "(Logout)")
  string(FIND "${trace}" "${part}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "the trace does not have: ${part}\n${trace}")
  endif()
endforeach()
execute_process(COMMAND ${SEARCH} ${LOG} RESULT_VARIABLE result OUTPUT_VARIABLE output)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "a secret is in the trace:\n${output}")
endif()
