// Records npm-*.bin with @msgpack/msgpack, and the JSON that they mean.
// Run with the module installed in a folder above: node record.mjs <folder to write to>
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "@msgpack/msgpack";

const folder = process.argv[2] ?? ".";
const time = 1_710_071_400_000; // 2024-03-10 11:50:00 UTC
const agent = { oname: "npm 에이전트", oid: -1234257485, okind: "node", onode: "node-\u{1F98A}" };

const range = (count, make) => Array.from({ length: count }, (_, i) => make(i));
const pick = (i, ...values) => values[i % values.length];

const meaning = {
  transaction: range(40, (i) => ({
    time: time + i, service: `/npm/${i % 4}`, elapsed: pick(i, 0, 1.5, 200, 1200, 4800, 4800.001, 70000, 1e12, 0.1), txid: `t${i}`, method: "GET",
    status: pick(i, 100, 200, 299, 300, 404, 599), error: pick(i, false, true, null), error_class: pick(i, null, "", "TypeError", undefined),
    sql_count: pick(i, 0, 127, 128, 65536, 4294967296, 9007199254740992), sql_time: i / 7, httpc_count: i, httpc_time: i * 1.1, malloc: pick(i, 0, 2 ** 40),
    remote_ip: pick(i, "10.0.0.1", "", "::1"), city: pick(i, "Winnipeg", null, "서울"), country: pick(i, "CA (CANADA)", "KR (KOREA)"),
  })),
  sql: range(20, (i) => ({ time: time - i, sql: pick(i, "select 1", "/* c */ update t set a=#", "x".repeat(300)), elapsed: i * 3, db: pick(i, "jdbc:a", null), error: i % 5 === 0, fetch_count: i, fetch_time: i / 3 })),
  httpc: range(20, (i) => ({ time: time + i, url: pick(i, "/a", "/b"), elapsed: i / 2, host: pick(i, "h", null), port: pick(i, 80, null, 65535), status: pick(i, 399, 400, null), service: "/npm/0" })),
  exception: range(6, (i) => ({ time: time + i, class: "TypeError", message: "m\u0000" + i, service: "/npm/1", snap_seq: pick(i, -1, 0, 2 ** 52) })),
  thread: range(6, (i) => ({ time: time + i * 100_000, count: pick(i, 7, 7.25, 0.5) })),
  alert: [{ time, severity: "critical", source: "disk", title: "full", labels: { zone: "b" }, annotations: Object.fromEntries(range(17, (i) => [`k${i}`, "v"])) }],
  event: [{ time, level: "EVENT", type: "EU420", message: "deployed" }],
};

const each = (change) => Object.fromEntries(Object.entries(meaning).map(([kind, rows]) => [kind, change(rows)]));
const eachRow = (change) => each((rows) => rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, change(name, value)]))));
const names = (rows) => [...new Set(rows.flatMap(Object.keys))];
const table = (rows) => ({ fields: names(rows), rows: rows.map((row) => names(rows).map((name) => row[name] ?? null)) });
const columns = (rows) => Object.fromEntries(names(rows).map((name) => [name, rows.map((row) => row[name] ?? null)]));

function packed(rows) {
  return Object.fromEntries(Object.entries(columns(rows)).map(([name, values]) => {
    if (values.every((value) => typeof value === "string")) {
      const texts = [...new Set(values)];
      return [name, { dict: texts, index: { i32: new Uint8Array(Int32Array.from(values, (value) => texts.indexOf(value)).buffer) } }];
    }
    if (values.every((value) => typeof value === "number")) {
      return [name, values.every(Number.isInteger) ? { i64: new Uint8Array(BigInt64Array.from(values, BigInt).buffer) } : { f64: new Uint8Array(Float64Array.from(values).buffer) }];
    }
    return [name, values];
  }));
}

const keep = (name, body, options = {}) => writeFileSync(join(folder, `${name}.bin`), encode({ agent, ...body }, options));

function explain(name, rows) {
  const flat = Object.entries(rows).flatMap(([kind, kindRows]) => kindRows.map((row) => ({ kind, ...row })));
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ agent, unknown: [], rows: flat }, null, 0) + "\n");
}

keep("npm-rows", meaning);
keep("npm-table", each(table));
keep("npm-columns", each(columns));
keep("npm-packed", each(packed));
keep("npm-dates", eachRow((name, value) => (name === "time" ? new Date(value) : value)));
keep("npm-bigints", eachRow((_, value) => (Number.isSafeInteger(value) ? BigInt(value) : value)), { useBigInt64: true });
keep("npm-bytes-as-text", eachRow((_, value) => (typeof value === "string" ? new TextEncoder().encode(value) : value)));
explain("npm", meaning);

keep("npm-single", meaning, { forceFloat32: true });
explain("npm-single", eachRow((_, value) => (typeof value === "number" && !Number.isSafeInteger(value) ? Math.fround(value) : value)));
