#!/usr/bin/env bash
# Endpoints called with a key, from yesterday to tomorrow: days, months and years of both, which are included.
set -euo pipefail
: "${ADDRESS:=http://127.0.0.1:5080}" "${TOKEN:?the token of a project}" "${PCODE:=1}"
bash "$(dirname "$0")/push.sh" >&2

from=$(date -u -d yesterday +%-d/%-m/%Y)
to=$(date -u -d tomorrow +%-d/%-m/%Y)

curl -fsS "$ADDRESS/api/activity/keys/endpoint/7f3c3ca87376cabe/$from/$to" -H "authorization: $TOKEN"
