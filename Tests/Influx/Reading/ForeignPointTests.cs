using System.Globalization;
using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Reading;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Influx.Reading;

/// <summary>A point that somebody else wrote among the samples costs its own values at most, in a real InfluxDB.</summary>
internal sealed class ForeignPointTests
{
    // The start of an hour, so that a shard of an hour holds what is before it.
    private const long Start = 1_710_064_800_000;

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Transaction);

    [TestCase("transaction,node=zz,oid=-,pcode=1 elapsed=1.5,n=7i,service=\"/foreign\"", 10_000)]
    [TestCase("transaction,node=zz,oid=nobody,pcode=1 elapsed=2i,n=7i,service=\"/foreign\"", 10_002)]
    [TestCase("transaction,oid=-,pcode=1 elapsed=2.25,n=7i,service=\"/foreign\"", 10_000)]
    [TestCase("transaction,node=00000000000000a1,oid=-,pcode=1 elapsed=1.5,n=7i,service=5i", 10_000)]
    public async Task The_samples_around_it_are_read(string point, long sum)
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        await server.QueryAsync("CREATE DATABASE apm WITH DURATION INF SHARD DURATION 1h");
        await new ReadPoints(server, "apm", 0xA1).WriteUnitAsync(
            1, [.. Enumerable.Range(0, 10).Select(i => Row.Transaction(1, Start + i, "/own", 1_000).With("oid", 7))], withRollups: false);
        (int status, string body) = await server.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{point} {(Start - 1_000) * 1_000_000}"), "apm");
        Assert.That(status, Is.EqualTo(204), body);
        using InfluxReader reader = ReadSetup.Reader(server);
        TimeRange range = new(Start - 300_000, Start + 300_000);
        QueryResult result = await reader.QueryAsync(
            new SampleQuery
            {
                Pcode = 1,
                Kind = Kind.Transaction,
                Range = range,
                Measures = [new Measure(MeasureKind.Count), new Measure(MeasureKind.Sum, _schema.Ordinal("elapsed"))],
            },
            CancellationToken.None);
        Assert.That((result.Count(0, 0), (long)result.Sum(0, 1)), Is.EqualTo((11, sum)));

        SampleList list = await reader.ListAsync(
            new ListQuery
            {
                Pcode = 1,
                Kind = Kind.Transaction,
                Range = range,
                Limit = 100,
                CountTotal = true,
                Fields = [_schema.Ordinal("service"), _schema.Ordinal("elapsed"), KindSchema.Oid],
            },
            CancellationToken.None);
        Assert.That((list.RowCount, list.Total), Is.EqualTo((11, 11)));
    }
}
