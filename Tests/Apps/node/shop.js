'use strict';

// A shop that knows nothing of TimeSeries. It counts what it does, so that a test can compare that with what came in:
// prints "listens on PORT" at the start, and at SIGTERM its counts as a line of JSON.

const http = require('node:http');
const { trace } = require('@opentelemetry/api');
const { logs, SeverityNumber } = require('@opentelemetry/api-logs');

const counts = { routes: {}, calls: {}, exceptions: {} };
let address;

const handlers = {
  // Nothing but a response.
  async cart(id, response) {
    response.end(JSON.stringify({ id }));
  },

  async missing(id, response) {
    response.writeHead(404).end();
  },

  // What others call here, of which every third is refused.
  async pay(id, response) {
    await pause(1);
    response.writeHead(id % 3 === 0 ? 503 : 200).end('paid');
  },

  // A call by node:http and one by fetch.
  async order(id, response) {
    await call(`${address}/pay/${id}`, byHttp);
    await call(`${address}/pay/${id + 1}`, byFetch);
    response.end('ordered');
  },

  // Calls that nobody takes.
  async ship(id, response) {
    await call('http://127.0.0.1:2/ship', id % 2 === 0 ? byHttp : byFetch);
    response.writeHead(502).end();
  },

  async fail(id, response) {
    try {
      throw new RangeError(`cart ${id} is too full`);
    } catch (error) {
      trace.getActiveSpan()?.recordException(error);
      count(counts.exceptions, error.name);
      response.writeHead(500).end();
    }
  },

  // An exception in a log record; the request itself succeeds.
  async warn(id, response) {
    const exception = new SyntaxError(`order ${id} cannot be read`);
    logs.getLogger('shop').emit({ severityNumber: SeverityNumber.ERROR, severityText: 'ERROR', body: 'It failed.', exception });
    logs.getLogger('shop').emit({ severityNumber: SeverityNumber.INFO, severityText: 'INFO', body: 'It goes on.' });
    count(counts.exceptions, exception.name);
    response.end();
  },
};

const server = http.createServer((request, response) => {
  const began = performance.now();
  const [, name, id] = request.url.split('?')[0].split('/');
  response.prependListener('close', () => tally(counts.routes, `/${name}/{id}`, response.statusCode, response.statusCode >= 500, began));
  handlers[name](Number(id), response);
});

async function call(url, way) {
  const began = performance.now();
  let status = 0;
  try {
    status = await way(url);
  } catch (error) {
    count(counts.exceptions, (error.cause ?? error).code);
  }
  tally(counts.calls, new URL(url).pathname.replace(/\/\d+$/, '/{id}'), status, status === 0 || status >= 400, began);
}

function byHttp(url) {
  return new Promise((resolve, reject) => {
    http.get(url, response => response.resume().on('end', () => resolve(response.statusCode))).on('error', reject);
  });
}

async function byFetch(url) {
  const response = await fetch(url);
  await response.text();
  return response.status;
}

function tally(table, key, status, isError, began) {
  const row = table[key] ??= { count: 0, errors: 0, statuses: {}, elapsed: 0 };
  row.count++;
  row.errors += isError ? 1 : 0;
  row.elapsed += performance.now() - began;
  count(row.statuses, status);
}

function count(table, key) {
  table[key] = (table[key] ?? 0) + 1;
}

function pause(milliseconds) {
  return new Promise(resolve => setTimeout(resolve, milliseconds));
}

process.on('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  console.log(JSON.stringify(counts));
});

server.listen(0, '127.0.0.1', async () => {
  // Loads what fetch needs, which would be in the time of the first call and in none of its span.
  await fetch('data:,');
  address = `http://127.0.0.1:${server.address().port}`;
  console.log(`listens on ${server.address().port}`);
});
