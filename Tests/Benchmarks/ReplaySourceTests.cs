using System.IO.Compression;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Benchmarks.Replay;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Tests.Benchmarks.Wire;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Benchmarks;

internal sealed class ReplaySourceTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void Columns_follow_the_header_and_the_schemas_types()
    {
        Write("transaction", "elapsed,time,service,error,sql_count,nonsense,oname\n1.25,1700000000000,\"/a,b\",true,3,x,agent\n2,1700000000001,/c,,,y,\n");
        using ReplaySource source = Open();
        ReplayBatch batch = source.Next()!;
        JsonWriter writer = new();
        BodyWriter.Write(writer, batch.Kind, batch.Columns, SampleForm.Rows, [], new PatchPlaces());
        Assert.That(System.Text.Encoding.UTF8.GetString(writer.Written), Is.EqualTo(
            """{"transaction":[{"elapsed":1.25,"time":1700000000000,"service":"/a,b","error":true,"sql_count":3,"oname":"agent"},"""
            + """{"elapsed":2,"time":1700000000001,"service":"/c"}]}"""));
        Assert.That(source.Files[0].UnknownFields, Is.EqualTo(new[] { "nonsense" }));
    }

    [Test]
    public void A_gateway_adds_what_the_recording_lacks_and_nothing_else()
    {
        Write("transaction", "time,service,elapsed,txid,api_key\n1700000000000,/a,10,1,recorded\n1700000000001,/b,,2,\n");
        using ReplaySource source = ReplaySource.Open(_folder.FullName, 10, long.MaxValue, 0, new GatewayColumns());
        WireColumn[] columns = source.Next()!.Columns;
        WireColumn Of(string name) => columns.Single(column => column.Field.Name == name);
        Assert.Multiple(() =>
        {
            Assert.That(columns.Select(column => column.Field.Name), Is.EqualTo(
                new[] { "time", "service", "elapsed", "txid", "api_key", "api_id", "api_name", "alias", "oauth_id", "upstream_latency" }));
            Assert.That(System.Text.Encoding.UTF8.GetString(Of("api_key").Text(0)), Is.EqualTo("recorded"));
            Assert.That(Of("api_key").IsMissing(1) && Of("upstream_latency").IsMissing(1), Is.True);
            Assert.That(Of("upstream_latency").Decimal(0), Is.EqualTo(9));
        });
    }

    [Test]
    public void A_gateway_adds_nothing_to_other_kinds()
    {
        Write("sql", "time,sql,elapsed\n1700000000000,a,1\n");
        using ReplaySource source = ReplaySource.Open(_folder.FullName, 10, long.MaxValue, 0, new GatewayColumns());
        Assert.That(source.Next()!.Columns, Has.Length.EqualTo(3));
    }

    [Test]
    public void Alerts_and_events_are_replayed_with_their_maps([Values] bool json)
    {
        Write("alert", "time,severity,source,title,labels\n1700000000000,Warning,m-1,Hot,\"{\"\"zone\"\":\"\"z1\"\"}\"\n1700000000001,Info,m-2,Cold,\n");
        Write("event", "time,level,type,message\n1700000000002,ALARM,EU400,\"Quota, exceeded\"\n");
        using ReplaySource source = Open();
        ReplayBatch[] batches = [source.Next()!, source.Next()!];
        IWireWriter writer = json ? new JsonWriter() : new MessagePackWireWriter();
        BodyWriter.Write(writer, batches[0].Kind, batches[0].Columns, SampleForm.Rows, [], new PatchPlaces());
        Dictionary<string, object?[]> alerts = ReadBody.Columns(writer.Written, "alert");
        writer.Clear();
        BodyWriter.Write(writer, batches[1].Kind, batches[1].Columns, SampleForm.Rows, [], new PatchPlaces());
        Assert.That(alerts["labels"], Is.EqualTo(new object?[] { new Dictionary<string, object?> { ["zone"] = "z1" }, null }));
        Assert.That(ReadBody.Columns(writer.Written, "event")["message"], Is.EqualTo(new[] { "Quota, exceeded" }));
    }

    [TestCase("{\"\"zone\"\":1}")]
    [TestCase("{\"\"zone\"\":")]
    [TestCase("zone")]
    public void A_map_that_is_none_costs_its_row(string labels)
    {
        Write("alert", $"time,severity,source,title,labels\n1700000000000,Info,a,b,\"{labels}\"\n");
        using ReplaySource source = Open();
        Assert.That((source.Next(), source.Files[0].UnreadableCount), Is.EqualTo(((ReplayBatch?)null, 1L)));
    }

    [Test]
    public void Batches_of_all_kinds_come_in_the_order_of_their_first_samples()
    {
        Write("sql", "time,sql,elapsed\n1700000000002,a,1\n1700000000003,b,1\n1700000000009,c,1\n");
        Write("thread", "time,count\n1700000000001,5\n1700000000004,6\n");
        using ReplaySource source = Open(batchSamples: 1);
        List<string> kinds = [];
        while (source.Next() is { } batch)
        {
            kinds.Add($"{batch.Kind.Name} {batch.LastTime % 10}");
        }

        Assert.That(kinds, Is.EqualTo(new[] { "thread 1", "sql 2", "sql 3", "thread 4", "sql 9" }));
    }

    [Test]
    public void A_batch_spans_no_more_than_its_time()
    {
        Write("thread", "time,count\n1700000000000,5\n1700000000999,6\n1700000001000,7\n");
        using ReplaySource source = Open(batchMilliseconds: 1_000);
        Assert.That(new[] { source.Next()!.RowCount, source.Next()!.RowCount }, Is.EqualTo(new[] { 2, 1 }));
    }

    [Test]
    public void Times_are_shifted_on_request()
    {
        Write("thread", "time,count\n1700000000000,5\n");
        using ReplaySource source = Open(shiftMilliseconds: 86_400_000);
        Assert.That(source.Next()!.Columns[0].Numbers.Values[0], Is.EqualTo(1_700_086_400_000));
        Assert.That(ReplaySource.FindLastTime(_folder.FullName), Is.EqualTo(1_700_000_000_000));
    }

    [Test]
    public void A_row_that_is_no_sample_costs_itself_and_is_named()
    {
        Write("thread", "time,count\n1700000000000,many\n1700000000001,5\n1700000000002\n,3\n");
        using ReplaySource source = Open();
        Assert.That(source.Next()!.RowCount, Is.EqualTo(1));
        Assert.That((source.Next(), source.Files[0].UnreadableCount), Is.EqualTo(((ReplayBatch?)null, 3L)));
        Assert.That(source.Files[0].FirstUnreadable, Does.Contain("line 2").And.Contain("'many'"));
    }

    [Test]
    public void A_file_without_times_is_refused_by_name()
    {
        Write("thread", "count\n1\n");
        Assert.That(() => Open(), Throws.TypeOf<InvalidDataException>().With.Message.Contains("thread.csv.gz"));
    }

    [Test]
    public void Samples_are_due_as_they_were_recorded_divided_by_the_speed()
    {
        FakeTimeProvider clock = new(TestTime.Start);
        ReplayClock replay = new(clock, clock.GetTimestamp(), firstTime: 1_000, speed: 10);
        Assert.That(replay.Until(21_000), Is.EqualTo(TimeSpan.FromSeconds(2)));
        clock.Advance(TimeSpan.FromSeconds(1.5));
        Assert.That(replay.Until(21_000), Is.EqualTo(TimeSpan.FromSeconds(0.5)));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That(replay.Until(21_000), Is.EqualTo(TimeSpan.Zero));
    }

    [TestCase("10x", 10)]
    [TestCase("0.5x", 0.5)]
    [TestCase("3", 3)]
    [TestCase("0x", null)]
    [TestCase("-1x", null)]
    [TestCase("fast", null)]
    public void A_speed_is_a_factor_above_zero(string text, double? expected) => Assert.That(ReplayCommand.ParseSpeed(text), Is.EqualTo(expected));

    private ReplaySource Open(int batchSamples = 1_000, long batchMilliseconds = long.MaxValue, long shiftMilliseconds = 0) =>
        ReplaySource.Open(_folder.FullName, batchSamples, batchMilliseconds, shiftMilliseconds);

    private void Write(string kind, string text)
    {
        using FileStream file = File.Create(Path.Combine(_folder.FullName, kind + ".csv.gz"));
        using GZipStream gzip = new(file, CompressionLevel.Fastest);
        gzip.Write(System.Text.Encoding.UTF8.GetBytes(text));
    }
}
