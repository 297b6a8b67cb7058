using TimeSeries.Core.Model.Samples;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Influx.Writing;

/// <summary>Batches for the writer's tests.</summary>
internal static class WrittenBatch
{
    /// <summary>2024-03-10 10:00 UTC, the start of a bucket.</summary>
    public const long Start = 1_710_064_800_000;

    /// <summary>Transactions, a row each: time, service, elapsed µs.</summary>
    public static ValidBatch Transactions(long firstNumber, params (long Time, string Service, long Elapsed)[] rows) =>
        Row.BatchOf([.. rows.Select(row => Row.Transaction(1, row.Time, row.Service, row.Elapsed).With("oid", 7))], firstNumber);

    /// <summary>So many transactions of two services, a millisecond apart, elapsed 1 µs, 2 µs…</summary>
    public static ValidBatch Many(long firstNumber, int count, long start = Start) =>
        Transactions(firstNumber, [.. Enumerable.Range(0, count).Select(i => (start + i, i % 2 == 0 ? "/even" : "/odd", i + 1L))]);
}
