#!/usr/bin/env bash
# Alerts per severity since yesterday.
set -euo pipefail
: "${ADDRESS:=http://127.0.0.1:5080}" "${TOKEN:?the token of a project}" "${PCODE:=1}"
bash "$(dirname "$0")/push.sh" >&2

since=$(date -u -d yesterday +%FT%TZ)

curl -fsS -X GET "$ADDRESS/api/v1.0/alert-history/stats/severity?startDate=$since" -H "Authorization: Bearer $TOKEN"
