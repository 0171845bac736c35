#!/usr/bin/env bash
# no_secrets.sh FILE_OR_FOLDER...: names the files in which something secret of the tests can be read, and what gave it
# away; ends with 1 when there are any. Programs, object files and installed headers are left out, because the tests, or
# the words that are looked for, are in them.
set -euo pipefail

# Every password, ticket, token and cookie that a test makes up has this in it.
marker=5ecret
# The password of simulated hosts is the name of the library, and cookies and keys of sessions are random: what gives
# them away is where they stand. In XML files of results the brackets are entities.
open='(<|&lt;)' close='(>|&gt;)' plain='[^][<>&[:space:]]'
forms="$open([[:alnum:]]+:)?(password|cloneTicket)( [^<>]*)?$close$plain"
forms+="|${open}key${close}[0-9a-f]{8}-[0-9a-f]{4}-"
forms+='|vmware_soap_session=(\\?"|&quot;)?[[:alnum:]]'
forms+='|[Aa]uthorization: *Basic +[[:alnum:]]'
forms+='|cst-[[:alnum:]]'

found=$(find "$@" -type f ! -perm /111 ! -name '*.o' ! -name '*.a' ! -name '*.hpp' ! -path '*/CMakeFiles/*' -print0 2>/dev/null |
  xargs -0 -r grep -aoHE -m 1 "$marker|$forms" || true)
[[ -z $found ]] || {
  printf '%s\n' "$found"
  exit 1
}
