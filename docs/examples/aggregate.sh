#!/usr/bin/env bash
# What the last hour's transactions took, minute by minute and service by service.
set -euo pipefail
: "${ADDRESS:=http://127.0.0.1:5080}" "${TOKEN:?the token of a project}" "${PCODE:=1}"
bash "$(dirname "$0")/push.sh" >&2

curl -fsS -G "$ADDRESS/api/v1/aggregate" -H "Authorization: Bearer $TOKEN" -d kind=transaction -d window=1m -d by=service \
  -d 'measures=count,error_rate,avg(elapsed),p95(elapsed)' --data-urlencode 'where=service~:/CART' -d order=-time
