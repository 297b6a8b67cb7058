#!/usr/bin/env bash
# Events from yesterday to tomorrow in Korea's time. The signature covers method, path, timestamp and access key.
set -euo pipefail
: "${ADDRESS:=http://127.0.0.1:5080}" "${TOKEN:?the token of a project}" "${PCODE:=1}"
bash "$(dirname "$0")/push.sh" >&2

: "${ACCESS_KEY:?the id of an access key}" "${SECRET_KEY:?its secret}"
path=/api/v1/dashboards/events/search
timestamp=$(date +%s%3N)
signature=$(printf 'POST %s\n%s\n%s' "$path" "$timestamp" "$ACCESS_KEY" | openssl dgst -sha256 -hmac "$SECRET_KEY" -binary | base64)

curl -fsS -X POST "$ADDRESS$path" \
  --header 'Content-Type: application/json' \
  --header "x-ncp-apigw-timestamp: $timestamp" \
  --header "x-ncp-iam-access-key: $ACCESS_KEY" \
  --header "x-ncp-apigw-signature-v2: $signature" \
  --data '{
  "offset" : 0,
  "level" : [ "EVENT" ],
  "limit" : 1,
  "timeZone" : "+09:00",
  "from" : "'"$(date -u -d yesterday +%F)"'",
  "to" : "'"$(date -u -d tomorrow +%F)"'",
  "type" : [ "ES020" ]
}'
