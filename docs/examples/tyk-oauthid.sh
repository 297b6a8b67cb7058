#!/usr/bin/env bash
# Endpoints called by an OAuth client, from yesterday to tomorrow.
set -euo pipefail
: "${ADDRESS:=http://127.0.0.1:5080}" "${TOKEN:?the token of a project}" "${PCODE:=1}"
bash "$(dirname "$0")/push.sh" >&2

from=$(date -u -d yesterday +%-d/%-m/%Y)
to=$(date -u -d tomorrow +%-d/%-m/%Y)

curl -fsS "$ADDRESS/api/activity/oauthid/endpoint/27b35a9ed46e429eb2361e440cc4005c/$from/$to" -H "authorization: $TOKEN"
