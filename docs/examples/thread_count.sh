#!/usr/bin/env bash
# The mean of all agents over the last ten minutes, a point every five minutes.
set -euo pipefail
: "${ADDRESS:=http://127.0.0.1:5080}" "${TOKEN:?the token of a project}" "${PCODE:=1}"
bash "$(dirname "$0")/push.sh" >&2

etime=$(date +%s%3N)
stime=$((etime - 600000))

curl -fsS "$ADDRESS/open/api/json/thread_count/$stime/$etime/avg" -H "x-whatap-pcode: $PCODE" -H "x-whatap-token: $TOKEN"
