using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage.Scanning;

/// <summary>What tests of both stores follow.</summary>
internal static class FollowedRows
{
    private const long Minute = 60_000;

    /// <summary>The times of samples that are given at a moment, as the documentation has it: five minutes back, and what is ahead.</summary>
    public static TimeRange RangeAt(long now) => new(now - (5 * Minute), now + (55 * Minute));

    public static ListQuery Query(Kind kind) => new()
    {
        Pcode = 1,
        Kind = kind,
        Range = TimeRange.All,
        Fields = [.. Enumerable.Range(0, SampleSchema.Of(kind).Fields.Length)],
        Limit = 1_000,
    };

    /// <summary>A query's filters, followed.</summary>
    public static ListQuery Query(ListQuery any, Random random) => any with
    {
        Order = ListOrder.LastArrivalFirst,
        Range = TimeRange.All,
        After = null,
        Offset = 0,
        Limit = random.Next(3) == 0 ? 5 : 1_000,
    };

    /// <summary>How far from now a sample's time is: mostly some seconds, sometimes at one of the limits or beyond.</summary>
    public static long Distance(Random random) => random.Next(20) switch
    {
        0 => -5 * Minute,
        1 => -(5 * Minute) - 1,
        2 => -random.NextInt64(20 * Minute),
        3 => random.NextInt64(50 * Minute),
        4 => 55 * Minute,
        _ => -random.NextInt64(8_000),
    };

    /// <summary>The rows, those before a place in the order of arrival as if they were of a project that nobody asks for.</summary>
    public static IReadOnlyList<Row> From(IReadOnlyList<Row> rows, int seen) =>
        [.. rows.Select((row, at) => at >= seen ? row : new Row(row.Kind, row.Time) { Pcode = 99 })];
}
