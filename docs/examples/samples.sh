#!/usr/bin/env bash
# The newest samples themselves.
set -euo pipefail
: "${ADDRESS:=http://127.0.0.1:5080}" "${TOKEN:?the token of a project}" "${PCODE:=1}"
bash "$(dirname "$0")/push.sh" >&2

curl -fsS -G "$ADDRESS/api/v1/samples" -H "Authorization: Bearer $TOKEN" -d kind=transaction -d limit=2 --data-urlencode 'where=elapsed>:500'
