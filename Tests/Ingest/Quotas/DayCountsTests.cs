using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Quotas;

namespace TimeSeries.Tests.Ingest.Quotas;

/// <summary>What a node keeps of its projects' days, for a start at which a shared store can't tell.</summary>
internal sealed class DayCountsTests
{
    private const long Day = 86_400_000;
    private const long Today = 20_000 * Day;

    private MemoryFileSystem _files = null!;

    [SetUp]
    public void MakeDirectory()
    {
        _files = new MemoryFileSystem();
        _files.CreateDirectory("/node");
    }

    [Test]
    public void The_file_counts_up_to_its_number_and_the_WAL_from_there_on()
    {
        Open().Save(100, [(1, Today, 60), (2, Today - Day, 30)]);
        DayCounts counts = Open();
        Replay(counts, pcode: 1, firstNumber: 90, rows: 10, Today + 5);
        Replay(counts, pcode: 1, firstNumber: 100, rows: 7, Today + 6);
        Replay(counts, pcode: 1, firstNumber: 80, rows: 3, Today - 1);
        Replay(counts, pcode: 2, firstNumber: 95, rows: 5, Today);

        Assert.That((counts.Of(1, Today), counts.Of(2, Today), counts.Of(2, Today - Day), counts.Of(3, Today)), Is.EqualTo((67, 5, 30, 0)));
    }

    [TestCase("")]
    [TestCase("{\"number\":1}")]
    [TestCase("{\"number\":100,\"projects\":[{\"pcode\":1,\"day\":0}]}")]
    public void Of_a_file_that_is_damaged_the_WAL_is_left(string content)
    {
        _files.Replace("/node/quotas.json", System.Text.Encoding.UTF8.GetBytes(content));
        DayCounts counts = Open();
        Replay(counts, pcode: 1, firstNumber: 0, rows: 4, Today);

        Assert.That(counts.Of(1, Today), Is.EqualTo(4));
    }

    [Test]
    public void Members_that_a_later_build_adds_are_passed_over()
    {
        _files.Replace("/node/quotas.json", """{"later":[],"number":5,"projects":[{"later":1,"pcode":1,"day":0,"samples":2}]}"""u8);

        Assert.That(Open().Of(1, 0), Is.EqualTo(2));
    }

    [TestCase(9, 9)]
    [TestCase(4, 9)]
    [TestCase(12, 12)]
    public void What_the_store_has_of_the_day_counts_once(long stored, long expected)
    {
        ProjectQuota quota = new(1, new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(Today + 5)));
        quota.TryBeginCount();
        quota.AddKept(9);
        quota.AddStored(stored);

        Assert.That(quota.Today, Is.EqualTo((Today, expected)));
    }

    [Test]
    public void A_store_that_is_asked_before_the_host_listens_needs_none_of_it()
    {
        DayCounts counts = new(_files, "/node", isWanted: false, NullLogger<DayCounts>.Instance);
        Replay(counts, pcode: 1, firstNumber: 0, rows: 4, Today);
        counts.Save(4, [(1, Today, 4)]);

        Assert.That((counts.Of(1, Today), _files.Exists("/node/quotas.json")), Is.EqualTo((0, false)));
    }

    private DayCounts Open() => new(_files, "/node", isWanted: true, NullLogger<DayCounts>.Instance);

    private static void Replay(DayCounts counts, long pcode, long firstNumber, int rows, long received) =>
        counts.Replay(new RecordHeader(RecordType.Batch, rows, pcode, firstNumber, new Timestamp(received)));
}
