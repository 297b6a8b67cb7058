#!/usr/bin/env bash
# The last five minutes; …/sql/{stime}/{etime} asks for another range, in milliseconds, of at most a day.
set -euo pipefail
: "${ADDRESS:=http://127.0.0.1:5080}" "${TOKEN:?the token of a project}" "${PCODE:=1}"
bash "$(dirname "$0")/push.sh" >&2

curl -fsS "$ADDRESS/open/api/json/sql" -H "x-whatap-pcode: $PCODE" -H "x-whatap-token: $TOKEN"
