using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.Text.Json;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Query.Families.WhaTap;

/// <summary><c>exception</c>: a record a class and service, the most frequent first.</summary>
internal static class ExceptionStatistic
{
    private const int Class = 0;
    private const int Service = 1;

    // The longest 64-bit integer with its sign.
    private const int MaxDigits = 20;

    // As many agents as most systems have.
    private const int StackBytes = 512;

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Exception);

    public static WhatapList List { get; } = new(QueryOf, WriteRecord);

    // The index of each measure in the query below.
    private enum At
    {
        Count, First, Message, Snapshot, Oids,
    }

    private static SampleQuery QueryOf(WhatapCall call, TimeRange period) => new()
    {
        Pcode = call.Project.Pcode,
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
        WriteAgents(json, result.Set(row, (int)At.Oids));
        json.WriteNumber("time"u8, WhatapPeriod.Floor(result.Number(row, (int)At.First)));
        json.WriteNumber("classHash"u8, (int)Crc32.HashToUInt32(@class));
        json.WriteNumber("count"u8, result.Count(row, (int)At.Count));
        json.WriteString("service"u8, service);
        json.WriteString("class"u8, @class);
        json.WriteNumber("serviceHash"u8, (int)Crc32.HashToUInt32(service));
        // A string: most readers of JSON cannot hold 64 bits.
        Span<byte> digits = stackalloc byte[MaxDigits];
        (snapshot == NumberColumn.Missing ? 0 : snapshot).TryFormat(digits, out int length, default, CultureInfo.InvariantCulture);
        json.WriteString("snapSeq"u8, digits[..length]);
        json.WriteString("msg"u8, result.LatestText(row, (int)At.Message));
    }

    // A string too, in the form of a list.
    private static void WriteAgents(Utf8JsonWriter json, ReadOnlySpan<long> oids)
    {
        int most = 2 + (oids.Length * (MaxDigits + 2));
        byte[]? rented = most > StackBytes ? ArrayPool<byte>.Shared.Rent(most) : null;
        Span<byte> text = rented ?? stackalloc byte[StackBytes];
        text[0] = (byte)'[';
        int length = 1;
        for (int i = 0; i < oids.Length; i++)
        {
            if (i > 0)
            {
                ", "u8.CopyTo(text[length..]);
                length += 2;
            }

            oids[i].TryFormat(text[length..], out int digits, default, CultureInfo.InvariantCulture);
            length += digits;
        }

        text[length++] = (byte)']';
        json.WriteString("oids"u8, text[..length]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
