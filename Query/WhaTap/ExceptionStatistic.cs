using System.Globalization;
using System.Text.Json;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Model;
using TimeSeries.Core.Schema;

namespace TimeSeries.Query.WhaTap;

/// <summary><c>exception</c>: a record a class and service, the most frequent first.</summary>
internal static class ExceptionStatistic
{
    private const int Class = 0;
    private const int Service = 1;

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Exception);

    public static WhatapList List { get; } = new(Ask, WriteRecord);

    // The index of each measure in the query below.
    private enum At
    {
        Count, First, Message, Snapshot, Oids,
    }

    private static SampleQuery Ask(WhatapCall call, TimeRange period) => new()
    {
        Pcode = call.Pcode,
        Kind = Kind.Exception,
        Range = period,
        GroupBy = [new GroupField(_schema.Ordinal("class")), new GroupField(_schema.Ordinal("service"))],
        Measures =
        [
            new(MeasureKind.Count), new(MeasureKind.Min, KindSchema.Time), new(MeasureKind.Latest, _schema.Ordinal("message")),
            new(MeasureKind.Latest, _schema.Ordinal("snap_seq")), new(MeasureKind.Set, KindSchema.Oid),
        ],
        Order = [new OrderTerm(OrderBy.Measure, (int)At.Count) { Descending = true }],
    };

    private static void WriteRecord(Utf8JsonWriter json, QueryResult result, int row)
    {
        ReadOnlySpan<byte> service = result.KeyText(row, Service);
        ReadOnlySpan<byte> @class = result.KeyText(row, Class);
        long snapshot = result.Number(row, (int)At.Snapshot);
        json.WriteString("oids"u8, $"[{string.Join(", ", result.Set(row, (int)At.Oids))}]");
        json.WriteNumber("time"u8, WhatapPeriod.Floor(result.Number(row, (int)At.First)));
        json.WriteNumber("classHash"u8, Crc32.Signed(@class));
        json.WriteNumber("count"u8, result.Count(row, (int)At.Count));
        json.WriteString("service"u8, service);
        json.WriteString("class"u8, @class);
        json.WriteNumber("serviceHash"u8, Crc32.Signed(service));
        // A string: most readers of JSON cannot hold 64 bits.
        json.WriteString("snapSeq"u8, snapshot == NumberColumn.Missing ? "0" : snapshot.ToString(CultureInfo.InvariantCulture));
        json.WriteString("msg"u8, result.LatestText(row, (int)At.Message));
    }
}
