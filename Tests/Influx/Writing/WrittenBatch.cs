using System.Text;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Influx.Writing;

/// <summary>Batches for the writer's tests.</summary>
internal static class WrittenBatch
{
    /// <summary>2024-03-10 10:00 UTC, the start of a bucket.</summary>
    public const long Start = 1_710_064_800_000;

    /// <summary>Transactions, a row each: time, service, elapsed µs.</summary>
    public static ValidBatch Transactions(long firstNumber, params (long Time, string Service, long Elapsed)[] rows)
    {
        SampleBatch samples = new();
        SampleTable table = samples.Table(Kind.Transaction);
        for (int row = 0; row < rows.Length; row++)
        {
            table.Numbers(KindSchema.Time).Set(row, rows[row].Time);
            table.Numbers(KindSchema.Oid).Set(row, 7);
            table.Texts(table.Schema.Ordinal("service")).Set(row, Encoding.UTF8.GetBytes(rows[row].Service));
            table.Numbers(table.Schema.Ordinal("elapsed")).Set(row, rows[row].Elapsed);
        }

        table.RowCount = rows.Length;
        table.PadColumns();
        return new ValidBatch(1, samples) { FirstNumber = firstNumber };
    }

    /// <summary>So many transactions of two services, a millisecond apart, elapsed 1 µs, 2 µs…</summary>
    public static ValidBatch Many(long firstNumber, int count, long start = Start) =>
        Transactions(firstNumber, [.. Enumerable.Range(0, count).Select(i => (start + i, i % 2 == 0 ? "/even" : "/odd", i + 1L))]);
}
