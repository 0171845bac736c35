# cmake -DPROGRAM=no_secrets.sh -DFOLDER=... -P no_secrets.cmake: what the search for secrets finds, and what it leaves
# alone.
cmake_minimum_required(VERSION 3.20)

# look(NAME CONTENT): sets `found` to whether a file of this name and content is complained about.
function(look name content)
  file(REMOVE_RECURSE ${FOLDER})
  file(WRITE ${FOLDER}/below/innocent.log "[1] > POST /sdk (Login)\n")
  file(WRITE "${FOLDER}/below/${name}" "${content}")
  execute_process(COMMAND ${PROGRAM} ${FOLDER} RESULT_VARIABLE result OUTPUT_VARIABLE output)
  if(result EQUAL 0)
    set(found OFF PARENT_SCOPE)
  elseif(output MATCHES "/${name}:")
    set(found ON PARENT_SCOPE)
  else()
    message(FATAL_ERROR "${name}: ${result}, ${output}")
  endif()
endfunction()

# must_find(NAME CONTENT)
function(must_find name content)
  look("${name}" "before\n${content}\nafter")
  if(NOT found)
    message(FATAL_ERROR "not found in ${name}: ${content}")
  endif()
endfunction()

foreach(name IN ITEMS "junit.xml" "0001-Login.request.xml" "0001-Login.headers" "a.log" "trace" "a.bin")
  must_find("${name}" "5ecret")
endforeach()
string(ASCII 1 2 200 binary)
foreach(secret IN ITEMS
    "walt:5ecret-w0rd@" "${binary}5ecret${binary}"
    "<Login><userName>root</userName><password>esxvi</password>"
    "<v:password xsi:type=\"xsd:string\">esxvi</v:password>"
    "&lt;password&gt;esxvi&lt;/password&gt;"
    "<cloneTicket>abc</cloneTicket>" "cst-VCT-52d1"
    "<key>52e3b2ac-1f2d-8a11-0000-123456789abc</key>"
    "Cookie: vmware_soap_session=52e3b2ac" "Set-Cookie: vmware_soap_session=\"52e3b2ac\"; Path=/"
    "Proxy-Authorization: Basic cm9vdDp4")
  must_find("a.log" "${secret}")
endforeach()

foreach(innocent IN ITEMS
    "<password>[redacted]</password>" "<password></password><password/>" "&lt;password&gt;[redacted]&lt;/password&gt;"
    "Cookie: vmware_soap_session=[redacted]" "vmware_soap_session=\"\"" "Authorization: Basic [redacted]"
    "<key>[redacted]</key>" "<key>4000</key>" "the proxy wants a user and a password" "<cloneTicket>[redacted]</cloneTicket>")
  look("a.log" "${innocent}")
  if(found)
    message(FATAL_ERROR "no secret, but found: ${innocent}")
  endif()
endforeach()
file(REMOVE_RECURSE ${FOLDER})
