using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Idempotency;
using TimeSeries.Ingest.Receive;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Ingest;

public sealed class IdempotencyCacheTests
{
    private readonly FakeTimeProvider _clock = new(TestTime.Start);
    private IngestInstruments _instruments = null!;

    [SetUp]
    public void MakeInstruments() => _instruments = new IngestInstruments();

    [TearDown]
    public void DisposeInstruments() => _instruments.Dispose();

    [Test]
    public void With_too_many_keys_the_oldest_is_forgotten()
    {
        IdempotencyCache memory = new(TimeSpan.FromHours(1), _clock, _instruments, maxIds: 2);
        foreach (ulong key in (ulong[])[1, 2, 3])
        {
            memory.Remember(Id(key));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.That(
            ((ulong[])[1, 2, 3]).Select(key => memory.Begin(Batch(key), out _)),
            Is.EqualTo(new[] { IdempotencyState.New, IdempotencyState.Known, IdempotencyState.Known }));
    }

    [Test]
    public void A_key_with_a_window_of_its_own_is_forgotten_when_that_is_over_and_the_others_stay()
    {
        IdempotencyCache memory = new(TimeSpan.FromHours(1), _clock, _instruments);
        memory.Remember(Id(1));
        memory.Remember(Id(2), TimeSpan.FromMinutes(10));
        _clock.Advance(TimeSpan.FromMinutes(10));
        Assert.That(memory.Begin(Batch(2, TimeSpan.FromMinutes(10)), out _), Is.EqualTo(IdempotencyState.Known));

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That(memory.Begin(Batch(2, TimeSpan.FromMinutes(10)), out _), Is.EqualTo(IdempotencyState.New));
        Assert.That(memory.Begin(Batch(1), out _), Is.EqualTo(IdempotencyState.Known));
    }

    [Test]
    public void With_too_many_keys_those_with_a_window_of_their_own_go_first()
    {
        IdempotencyCache memory = new(TimeSpan.FromHours(1), _clock, _instruments, maxIds: 2);
        memory.Remember(Id(1));
        memory.Remember(Id(2), TimeSpan.FromMinutes(10));
        memory.Remember(Id(3));

        Assert.That(
            ((ulong[])[1, 2, 3]).Select(key => memory.Begin(Batch(key), out _)),
            Is.EqualTo(new[] { IdempotencyState.Known, IdempotencyState.New, IdempotencyState.Known }));
    }

    [Test]
    public void A_key_restored_from_the_journal_is_not_written_there_again()
    {
        IdempotencyCache memory = new(TimeSpan.FromHours(1), _clock, _instruments);
        memory.Restore(Id(1), RestoredFrom.Journal);
        memory.Restore(Id(1), RestoredFrom.Log);
        memory.Restore(Id(2), RestoredFrom.Log);

        Assert.That(memory.TakeForJournal().Select(id => id.Key.First), Is.EqualTo(new ulong[] { 2 }));
    }

    [Test]
    public void Keys_of_agent_and_token_differ_whatever_their_texts()
    {
        IdempotencyKey[] keys =
        [
            IdempotencyKey.OfAgent(1, 0, "a"u8, "bc"u8), IdempotencyKey.OfAgent(1, 0, "ab"u8, "c"u8), IdempotencyKey.OfAgent(2, 0, "a"u8, "bc"u8),
            IdempotencyKey.OfAgent(1, 1, "a"u8, "bc"u8),
            IdempotencyKey.OfToken(1, default, "abc"u8),
            IdempotencyKey.OfBody(1, "abc"u8, 1), IdempotencyKey.OfBody(1, "abc"u8, 2), IdempotencyKey.OfBody(2, "abc"u8, 1),
            IdempotencyKey.OfBody(1, "ab"u8, 1),
        ];

        Assert.That(keys, Is.Unique);
    }

    [Test]
    public void A_record_header_reads_back_as_written()
    {
        RecordHeader header = new(RecordType.Batch, 7, 42, 1L << 40, new Timestamp(1_675_000_000_000), new IdempotencyKey(1, 2), new BatchCounts(7, 3, 2, 1));
        byte[] bytes = new byte[RecordHeader.MaxSize];
        int length = header.Write(bytes);

        Assert.That(RecordHeader.TryRead(bytes, out RecordHeader read, out int readLength), Is.True);
        Assert.That((read, readLength), Is.EqualTo((header, length)));
    }

    private IdempotencyRecord Id(ulong key) => new(new IdempotencyKey(key, key), Timestamp.Now(_clock), new LogPosition(1), default);

    private static PendingBatch Batch(ulong key, TimeSpan? window = null) => new(
        new ValidBatch(1, new SampleBatch()), new PooledBuffer(), 0, new ResendKey(new IdempotencyKey(key, key), window), default,
        new MemoryReservation(new MemoryBudget(0)));
}
