using NUnit.Framework;
using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Aggregate.Measures;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Aggregate;

/// <summary>A rollup that is read a bucket at a time says the same as one that is read whole.</summary>
internal sealed class RollupCursorTests
{
    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Transaction);

    [Test]
    public void Each_bucket_is_the_one_of_the_rollup_read_whole([Range(1, 5)] int seed)
    {
        byte[] bytes = Section(seed);
        Rollup whole = Rollup.TryRead(bytes)!;
        RollupCursor cursor = RollupCursor.TryOpen(bytes)!;
        foreach (RollupBucket bucket in whole.Buckets.ToArray().Where(bucket => !bucket.IsRaw))
        {
            RollupBucket read = cursor.Read(bucket.Start);
            Assert.That(read, Is.EqualTo(bucket with { FirstRow = 0 }));
            Assert.That(Rows(cursor.Keys, cursor.States, 0, read.RowCount), Is.EqualTo(Rows(whole.Keys, whole.States, bucket.FirstRow, bucket.RowCount)));
        }
    }

    [Test]
    public void Buckets_that_nobody_wants_are_passed_over()
    {
        byte[] bytes = Section(1);
        Rollup whole = Rollup.TryRead(bytes)!;
        RollupBucket last = whole.Buckets.ToArray().Last(bucket => !bucket.IsRaw);
        RollupCursor cursor = RollupCursor.TryOpen(bytes)!;
        cursor.Read(last.Start);
        Assert.That(Rows(cursor.Keys, cursor.States, 0, last.RowCount), Is.EqualTo(Rows(whole.Keys, whole.States, last.FirstRow, last.RowCount)));
    }

    [Test]
    public void A_bucket_is_found_by_its_start_only_and_read_once()
    {
        byte[] bytes = Section(1);
        RollupBucket first = Rollup.TryRead(bytes)!.Buckets[0];
        RollupCursor cursor = RollupCursor.TryOpen(bytes)!;
        Assert.Multiple(() =>
        {
            Assert.That(cursor.Find(first.Start), Is.EqualTo(first));
            Assert.That(cursor.Find(first.Start + 1), Is.Null);
            Assert.That(() => cursor.Read(first.Start + 1), Throws.ArgumentException);
        });
        cursor.Read(first.Start);
        Assert.That(() => cursor.Read(first.Start), Throws.ArgumentException);
    }

    [Test]
    public void Damage_comes_out_as_the_owner_of_the_bytes_describes_it()
    {
        byte[] bytes = Section(1);
        RollupCursor cursor = RollupCursor.TryOpen(bytes.AsMemory(0, bytes.Length - 1), damage => new IOException("the file", damage))!;
        long last = Rollup.TryRead(bytes)!.Buckets[^1].Start;
        Assert.That(() => cursor.Read(last), Throws.TypeOf<IOException>().With.InnerException.TypeOf<InvalidDataException>());
    }

    // The rollup by service, of buckets that have several samples of each.
    private static byte[] Section(int seed)
    {
        Random random = new(seed);
        List<Row> rows = [.. Enumerable.Range(0, 3_000).Select(i => new Row(_schema)
            .With("time", RowGenerator.Start + (i * 1_000)).With("service", $"/{random.Next(20)}").With("elapsed", random.Next(1_000_000))
            .With("oname", $"a{random.Next(3)}"))];
        return new BuiltRollups(_schema, [new ArrayChunk(_schema, rows)], QueryGenerator.Threshold).Sections
            .First(section => section.Level == RollupLevel.FiveMinutes).Bytes.ToArray();
    }

    // Each row's keys and what a fresh state knows of it after merging, as it would be written.
    private static List<string> Rows(GroupKeys keys, ReadOnlySpan<Accumulator> states, int first, int count)
    {
        List<string> rows = [];
        int service = _schema.Ordinal("service");
        for (int row = first; row < first + count; row++)
        {
            string text = $"{keys.Numbers(KindSchema.Time)[row]} {System.Text.Encoding.UTF8.GetString(keys.Symbols(service)[keys.Codes(service)[row]])}";
            foreach (Accumulator state in states)
            {
                text += state switch
                {
                    SumAccumulator sum => $" {sum.Sums[row]}",
                    CountAccumulator counts => $" {counts.Counts[row]}",
                    MinMaxAccumulator extreme => $" {extreme.ValueOf(row)}",
                    SketchAccumulator sketch => $" {sketch.Quantile(row, 0.5)} {sketch.Quantile(row, 0.99)}",
                    LatestTextAccumulator latest => $" {System.Text.Encoding.UTF8.GetString(latest.TextOf(row))}",
                    _ => "",
                };
            }

            rows.Add(text);
        }

        return rows;
    }
}
