# Runs the tour without a terminal and looks for what each step says. What follows in the list stands later in the
# output.
execute_process(COMMAND ${TOUR} sim://demo WORKING_DIRECTORY ${WORK} INPUT_FILE /dev/null RESULT_VARIABLE result
                OUTPUT_VARIABLE output ERROR_VARIABLE errors)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${result}: ${errors}\n${output}")
endif()

set(rest "${output}")
foreach(line IN ITEMS
  "1. Connect to sim://demo"
  "  | esxvi::Session session = esxvi::connect(uri, password)"
  "VMware ESXi 8.0.3"
  "session.retrieve<vim::VirtualMachine, \"name\""
  "  web01       poweredOn     2048 MiB  192.0.2.2"
  "  serial02    poweredOff    1024 MiB"
  "  idle05      suspended     1024 MiB"
  "  serial02: 1 CPUs"
  "  Hard disk 1: 16 GB"
  "esxvi::Task<esxvi::ReportAndCancel> task"
  "  it asks: Serial port output file \"[datastore1] serial02/serial.out\" already exists."
  "(Append [default], Replace, Cancel)"
  "esxvi::Task<esxvi::AnswerDefault> task"
  "  -> Append"
  "100 %"
  "vim::CreateSnapshot_Task"
  "100 %"
  "-snapshot-"
  "  tour-screen.png: "
  "  [datastore1] serial02/serial02.vmx: "
  "<domain type='vmware'"
  "<name>serial02</name>"
  "requests.")
  string(FIND "${rest}" "${line}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "the output lacks '${line}', or has it elsewhere:\n${output}")
  endif()
  string(LENGTH "${line}" length)
  math(EXPR after "${at} + ${length}")
  string(SUBSTRING "${rest}" ${after} -1 rest)
endforeach()

file(READ ${WORK}/tour-screen.png picture LIMIT 8 HEX)
if(NOT picture STREQUAL "89504e470d0a1a0a")
  message(FATAL_ERROR "tour-screen.png is no PNG file")
endif()
