'use strict';

// Writes points with InfluxDB's client, as its documents say. What to write and where comes as JSON on stdin; prints how it went as a line of JSON.

const { InfluxDB, Point } = require('@influxdata/influxdb-client');

async function main() {
  let input = '';
  for await (const part of process.stdin) {
    input += part;
  }

  const { url, token, precision, batchSize, gzip, points } = JSON.parse(input);
  const report = { failedAttempts: 0, errors: [] };
  let open = 0;
  const api = new InfluxDB({ url, token }).getWriteApi('any', 'any', precision, {
    batchSize,
    flushInterval: 0,
    gzipThreshold: gzip ? 0 : Number.MAX_SAFE_INTEGER,
    minRetryDelay: 10,
    retryJitter: 10,
    writeSuccess(lines) {
      open -= lines.length;
    },
    writeFailed(error, lines) {
      report.failedAttempts++;
      if (error.statusCode < 429) {
        report.errors.push(error.message);
        open -= lines.length;
      }
    },
  });
  for (const { measurement, tags, fields, time } of points) {
    const point = new Point(measurement).timestamp(new Date(time));
    for (const [name, value] of Object.entries(tags)) {
      point.tag(name, value);
    }

    for (const [name, { type, value }] of Object.entries(fields)) {
      point[`${type}Field`](name, value);
    }

    open++;
    api.writePoint(point);
  }

  // Without what waits to be sent again: that goes when its time has come.
  await api.flush(false).catch(() => {});
  while (open > 0) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }

  await api.close();
  console.log(JSON.stringify(report));
}

main();
