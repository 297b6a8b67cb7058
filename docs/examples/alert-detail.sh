#!/usr/bin/env bash
# One alert, with its annotations.
set -euo pipefail
: "${ADDRESS:=http://127.0.0.1:5080}" "${TOKEN:?the token of a project}" "${PCODE:=1}"
bash "$(dirname "$0")/push.sh" >&2

curl -fsS -X GET "$ADDRESS/api/v1.0/alert-history/550e8400-e29b-41d4-a716-446655440000" -H "Authorization: Bearer $TOKEN"
