#!/usr/bin/env bash
# Pushes a batch with samples of every kind, a minute old.
set -euo pipefail
: "${ADDRESS:=http://127.0.0.1:5080}" "${TOKEN:?the token of a project, with scope ingest}"
time=$(($(date +%s%3N) - 60000))

curl -fsS -X POST "$ADDRESS/ingest/v1/batch" -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d @- <<JSON
{
  "agent": {"oname": "shop-8080", "okind": "tomcat", "onode": "node-3"},
  "transaction": [
    {"time": $time, "service": "/cart", "elapsed": 747, "status": 200, "method": "GET", "sql_count": 2, "sql_time": 21.5, "remote_ip": "140.193.83.68", "city": "Winnipeg",
     "country": "CA (CANADA)", "api_id": "79fc7cb80df940cc5089772200bd4926", "api_key": "7f3c3ca87376cabe", "oauth_id": "27b35a9ed46e429eb2361e440cc4005c", "upstream_latency": 740},
    {"time": $time, "service": "/cart", "elapsed": 248, "status": 500, "error": true, "error_class": "java.sql.SQLException", "api_id": "79fc7cb80df940cc5089772200bd4926",
     "api_key": "7f3c3ca87376cabe", "oauth_id": "27b35a9ed46e429eb2361e440cc4005c", "upstream_latency": 240}
  ],
  "sql": {"fields": ["time", "sql", "elapsed", "db"], "rows": [[$time, "update cart set n=# where id=#", 21.5, "jdbc:mysql://localhost:3306/shop"]]},
  "httpc": [{"time": $time, "url": "/remote/stock", "elapsed": 12, "host": "127.0.0.1", "port": 10002, "status": 200, "service": "/cart"}],
  "exception": [{"time": $time, "class": "java.sql.SQLException", "message": "Sql Exception", "service": "/cart", "snap_seq": 6068699991557528332}],
  "thread": {"time": [$time, $time], "count": [42, 44]},
  "alert": [
    {"time": $time, "severity": "Warning", "source": "Equipment-01", "title": "Motor Overload", "description": "Motor current exceeded 80% threshold",
     "labels": {"equipmentId": "Equipment-01", "tagId": "Motor.Current"}},
    {"time": $time, "severity": "Warning", "source": "Equipment-01", "title": "Motor Overload", "id": "550e8400-e29b-41d4-a716-446655440000",
     "labels": {"equipmentId": "Equipment-01"}, "annotations": {"runbook": "https://docs.example.com/runbooks/motor-overload"}}
  ],
  "event": [{"time": $time, "level": "EVENT", "type": "ES020", "message": "The status of subscription request for [test-***] has been changed to [Accepted]."}]
}
JSON
