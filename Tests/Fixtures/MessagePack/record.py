"""Records python-*.bin with python3-msgpack, and the JSON that they mean. Run in this folder: /usr/bin/python3 record.py"""
import datetime
import json
import struct

import msgpack

TIME = 1_710_071_400_000  # 2024-03-10 11:50:00 UTC


def single(value):
    """The double that a float32 of this value is."""
    return struct.unpack("f", struct.pack("f", value))[0]


def transactions(long_texts):
    rows = []
    statuses = [100, 127, 128, 200, 255, 256, 399, 400, 499, 599]
    oids = [0, 1, 127, -1, -32, -33, -128, -129, -32_769, -(2**31), 2**31 - 1, 255, 256, 65_535, 65_536]
    for i, oid in enumerate(oids):
        rows.append({
            "time": TIME + i, "oname": "agent %d \U0001F98A" % i, "oid": oid, "service": "/python/%d" % (i % 3), "elapsed": [0, 1.5, 127, 1200, 1200.001, 70_000, 5_000_000_000][i % 7],
            "status": statuses[i % len(statuses)], "error": [True, False, None][i % 3], "error_class": ["", "E", None, "java.lang.Error"][i % 4],
            "sql_count": [0, 255, 65_535, 4_294_967_295, 2**53][i % 5], "malloc": [2**31, 2**32, 2**53, 3][i % 4], "cpu_time": 0.25 * i,
            "remote_ip": ["10.0.0.1", "2001:db8::1", None][i % 3], "city": ["Zürich", "서울", ""][i % 3], "country": "KR (KOREA)",
        })
    if long_texts:
        rows.append({"time": TIME + 50, "service": "/" + "s" * 2_047, "elapsed": 3, "error_message": "m" * 70_000})
    return rows


def batch(long_texts=False):
    return {
        "transaction": transactions(long_texts),
        "sql": [{"time": TIME + i, "sql": "select %s from t" % ("x" * (1 << i)), "elapsed": i / 8, "db": "jdbc:mysql://h/ü", "fetch_count": i * 100, "error": i == 3} for i in range(15 if long_texts else 9)],
        "httpc": [{"time": TIME + i, "url": "/u", "elapsed": i, "host": "127.0.0.1", "port": [80, 8_080, 65_535, None][i % 4], "status": 399 + i % 2} for i in range(9)],
        "exception": [{"time": TIME + i, "class": "C", "message": "line\n%d\0" % i, "service": None, "snap_seq": [2**63 - 1, -(2**63) + 1, 0, -1][i % 4]} for i in range(5)],
        "thread": [{"time": TIME + i * 60_000, "count": [117.49, 100, 0.000001][i % 3]} for i in range(7)],
        "alert": [{"time": TIME, "severity": "WARNING", "source": "cpu", "title": "hot", "id": "0b7c1a52-4a5c-4d7c-9f0e-2a7d3e5f6a7b",
                   "labels": {"label %d" % i: "v" for i in range(20)}, "annotations": {}}],
        "event": [{"time": TIME, "level": "ALARM", "type": "ES010", "message": "event \u05e9\u05dc\u05d5\u05dd"}],
    }


AGENT = {"oname": "python 에이전트", "okind": "cpython", "onode": "node"}


def keep(name, body, **options):
    with open(name + ".bin", "wb") as file:
        file.write(msgpack.packb(body, **options))


def explain(name, meaning, unknown=()):
    rows = [{"kind": kind, **row} for kind, kind_rows in meaning.items() for row in kind_rows]
    with open(name + ".json", "w", encoding="utf-8") as file:
        json.dump({"agent": AGENT, "unknown": list(unknown), "rows": rows}, file, ensure_ascii=False, indent=0)
        file.write("\n")


def table(rows):
    fields = list(dict.fromkeys(name for row in rows for name in row))
    return {"fields": fields, "rows": [[row.get(name) for name in fields] for row in rows]}


def columns(rows):
    fields = list(dict.fromkeys(name for row in rows for name in row))
    return {name: [row.get(name) for row in rows] for name in fields}


def packed(rows):
    """Columns with texts as dictionary and index, and numbers as little-endian binary."""
    result = {}
    for name, values in columns(rows).items():
        if all(isinstance(value, str) for value in values):
            texts = sorted(set(values))
            result[name] = {"dict": texts, "index": {"i32": struct.pack("<%di" % len(values), *map(texts.index, values))}}
        elif all(type(value) is int for value in values):
            result[name] = {"i64": struct.pack("<%dq" % len(values), *values)}
        elif all(type(value) in (int, float) for value in values):
            result[name] = {"f64": struct.pack("<%dd" % len(values), *values)}
        else:
            result[name] = values
    return result


def as_dates(rows):
    return [{**row, "time": datetime.datetime.fromtimestamp(row["time"] / 1000, datetime.timezone.utc)} for row in rows]


def as_bytes(rows):
    return [{name: value.encode() if isinstance(value, str) else value for name, value in row.items()} for row in rows]


def as_floats(rows):
    names = ("time", "elapsed", "status", "sql_count", "malloc", "fetch_count", "port", "count")
    return [{name: float(value) if name in names and value is not None else value for name, value in row.items()} for row in rows]


def as_singles(rows):
    return [{name: single(value) if isinstance(value, float) else value for name, value in row.items()} for row in rows]


def main():
    meaning = batch(long_texts=True)
    nested = {"a": [1, {"b": [None, True, b"\x00"]}], "c": {"d": {"e": -1.5}}, "f": [[[[]]]]}
    keep("python-rows", {"agent": AGENT, "metrics": nested, **{kind: [{**row, "nested": nested} for row in rows] for kind, rows in meaning.items()}})
    explain("python-rows", meaning, ["metrics", *(kind + ".nested" for kind in meaning)])

    meaning = batch()
    keep("python-table", {**{kind: table(rows) for kind, rows in meaning.items()}, "agent": AGENT})
    keep("python-columns", {"agent": AGENT, **{kind: columns(rows) for kind, rows in meaning.items()}})
    keep("python-packed", {"agent": AGENT, **{kind: packed(rows) for kind, rows in meaning.items()}})
    keep("python-datetime", {"agent": AGENT, **{kind: as_dates(rows) for kind, rows in meaning.items()}}, datetime=True)
    keep("python-bytes-as-text", {"agent": AGENT, **{kind: as_bytes(rows) for kind, rows in meaning.items()}})
    keep("python-raw", {"agent": AGENT, **meaning}, use_bin_type=False)
    keep("python-floats", {"agent": AGENT, **{kind: as_floats(rows) for kind, rows in meaning.items()}})
    explain("python", meaning)

    keep("python-single", {"agent": AGENT, **meaning}, use_single_float=True)
    explain("python-single", {kind: as_singles(rows) for kind, rows in meaning.items()})


main()
