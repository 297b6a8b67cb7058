using System.Diagnostics;
using System.Globalization;
using NUnit.Framework;
using TimeSeries.Core.Model;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx;
using TimeSeries.Tests.Aggregate;
using TimeSeries.Tests.Fixtures.Influxd;

namespace TimeSeries.Tests.Influx;

/// <summary>Prints what queries over one day of a million transactions take, from units and raw. Run by hand.</summary>
[Explicit("A measurement of about two minutes.")]
internal sealed class ReadSpeedTests
{
    private const long Day = 1_700_006_400_000;
    private const long UnitLength = 300_000;
    private const int Units = 288;
    private const int TransactionsOfUnit = 3_473;
    private const int Agents = 10;

    private readonly Random _random = new(5);

    [Test]
    public async Task A_day_of_a_million_transactions()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync(new InfluxdSettings { IndexVersion = "tsi1" });
        await server.QueryAsync("CREATE DATABASE apm");
        ReadPoints node = new(server, "apm", 0xA1);
        for (int unit = 0; unit < Units; unit++)
        {
            // Units don't begin with buckets, so most buckets have two.
            long start = Day + (unit * UnitLength) - 130_000;
            await node.WriteUnitAsync(1, [.. Enumerable.Range(0, TransactionsOfUnit).Select(_ => Transaction(start + _random.NextInt64(UnitLength)))]);
            await node.WriteUnitAsync(1, [.. Enumerable.Range(0, Agents * 30).Select(i => Thread(start + (i / Agents * 10_000L), i % Agents))]);
        }

        using InfluxReader reader = ReadSetup.Reader(server);
        foreach ((string name, SampleQuery query) in Queries())
        {
            await PrintAsync(reader, name, query, 5);
            await PrintAsync(reader, name, query with { UseRollups = false }, 1);
        }
    }

    private static async Task PrintAsync(InfluxReader reader, string name, SampleQuery query, int times)
    {
        List<double> taken = [];
        QueryResult? result = null;
        for (int i = 0; i < times; i++)
        {
            long start = Stopwatch.GetTimestamp();
            result = await reader.QueryAsync(query, CancellationToken.None);
            taken.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        double first = taken[0];
        taken.Sort();
        await TestContext.Progress.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{name} {result!.Source}: first {first:0} ms, median {taken[taken.Count / 2]:0} ms, most {taken[^1]:0} ms, {result.RowCount} rows"));
    }

    private static IEnumerable<(string Name, SampleQuery Query)> Queries()
    {
        KindSchema transaction = SampleSchema.Of(Kind.Transaction);
        KindSchema thread = SampleSchema.Of(Kind.Thread);
        TimeRange day = new(Day, Day + 86_400_000);
        yield return ("transaction", new SampleQuery
        {
            Pcode = 1,
            Kind = Kind.Transaction,
            Range = day,
            GroupBy = [new GroupField(transaction.Ordinal("service"))],
            Measures = [.. transaction.Rollups[0].Measures.Select(measure => measure.HasThreshold ? measure with { ThresholdMicroseconds = QueryGenerator.Threshold } : measure)],
        });
        yield return ("remote", new SampleQuery
        {
            Pcode = 1,
            Kind = Kind.Transaction,
            Range = day,
            GroupBy = [new GroupField(transaction.Ordinal("remote_ip"))],
            Measures = transaction.Rollups[1].Measures,
            Filters = [Filter.Present(transaction.Ordinal("remote_ip"))],
        });
        yield return ("thread_count", new SampleQuery
        {
            Pcode = 1,
            Kind = Kind.Thread,
            Range = day,
            WindowMilliseconds = 300_000,
            GroupBy = [new GroupField(KindSchema.Oid), new GroupField(KindSchema.Oname)],
            Measures = [new Measure(MeasureKind.Count), new Measure(MeasureKind.Sum, thread.Ordinal("count"))],
            Filters = [Filter.Present(KindSchema.Oname)],
        });
    }

    private TimeSeries.Tests.Aggregate.SampleRow Transaction(long time)
    {
        int agent = _random.Next(Agents);
        return new TimeSeries.Tests.Aggregate.SampleRow(SampleSchema.Of(Kind.Transaction))
            .With("time", time).With("oid", agent).With("oname", $"shop-{agent}").With("service", $"/api/v1/service/{_random.Next(100)}")
            .With("elapsed", (long)Math.Exp(_random.NextDouble() * 15)).With("txid", _random.NextInt64().ToString("x16", CultureInfo.InvariantCulture))
            .With("method", "GET").With("status", 200).With("error", _random.Next(50) == 0 ? 1 : 0).With("sql_count", _random.Next(9)).With("sql_time", _random.Next(90_000))
            .With("cpu_time", _random.Next(9_000)).With("malloc", _random.Next(1 << 20)).With("remote_ip", $"10.0.{_random.Next(2)}.{_random.Next(250)}").With("city", "Seoul");
    }

    private TimeSeries.Tests.Aggregate.SampleRow Thread(long time, int agent) => new TimeSeries.Tests.Aggregate.SampleRow(SampleSchema.Of(Kind.Thread))
        .With("time", time).With("oid", agent).With("oname", $"shop-{agent}").With("count", _random.Next(100) * 1_000_000L);
}
