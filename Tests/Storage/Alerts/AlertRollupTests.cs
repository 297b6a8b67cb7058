using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage.Alerts;

[TestFixture]
public sealed class AlertRollupTests
{
    private const long Hour = 3_600_000;

    // Whole hours, so that windows of an hour are whole buckets.
    private const long Start = 1_700_000_000_000 / Hour * Hour;

    private static readonly KindSchema _alert = SampleSchema.Of(Kind.Alert);

    [TestCase(0L, "severity")]
    [TestCase(0L, "source")]
    [TestCase(0L, "severity", "source")]
    [TestCase(Hour, "severity")]
    [TestCase(Hour, "source")]
    public async Task Counts_of_alerts_come_from_rollups_and_are_exact(long window, params string[] by)
    {
        await using StoreUnderTest test = new();
        Row[] rows = Rows(sources: 7);
        await test.WriteAsync(rows);
        await test.Store.SealAsync();
        QueryResult result = await test.Store.QueryAsync(Query(window, by), CancellationToken.None);
        Assert.That(result.Source, Is.EqualTo(ResultSource.Rollup));
        Assert.That(Lines(result, by), Is.EquivalentTo(Expected(rows, window, by)));
    }

    [Test]
    public async Task Severities_are_counted_from_a_rollup_however_many_sources_there_are()
    {
        await using StoreUnderTest test = new();
        await test.WriteAsync(Rows(sources: int.MaxValue));
        await test.Store.SealAsync();
        Assert.That((await test.Store.QueryAsync(Query(Hour, "severity"), CancellationToken.None)).Source, Is.EqualTo(ResultSource.Rollup));
    }

    private static Row[] Rows(int sources)
    {
        Random random = new(3);
        return [.. Enumerable.Range(0, 3_000).Select(number => new Row(Kind.Alert, Start + number * 4_800L) { Pcode = 1 }
            .With("severity", random.Next(3) switch { 0 => "Info", 1 => "Warning", _ => "Critical" })
            .With("source", "s" + random.Next(sources))
            .With("title", "t")
            .With("id", new Guid(number, 0, 0, new byte[8]).ToString("D")))];
    }

    private static SampleQuery Query(long window, params string[] by) => new()
    {
        Pcode = 1,
        Kind = Kind.Alert,
        Range = TimeRange.All,
        WindowMilliseconds = window,
        GroupBy = [.. by.Select(field => new GroupField(_alert.Ordinal(field)))],
        Measures = ImmutableArray.Create(new Measure(MeasureKind.Count)),
    };

    private static IEnumerable<string> Lines(QueryResult result, string[] by) => Enumerable.Range(0, result.RowCount).Select(row => Line(
        result.WindowStart(row), by.Select((_, part) => Encoding.UTF8.GetString(result.KeyText(row, part))), result.Count(row, 0)));

    private static IEnumerable<string> Expected(Row[] rows, long window, string[] by) => rows
        .GroupBy(row => (Window: window == 0 ? 0 : row.Time / window * window, Key: string.Join('|', by.Select(field => row[_alert.Ordinal(field)]))))
        .Select(group => Line(group.Key.Window, [group.Key.Key], group.Count()));

    private static string Line(long window, IEnumerable<string> key, long count) =>
        string.Create(CultureInfo.InvariantCulture, $"{window} {string.Join('|', key)} {count}");
}
