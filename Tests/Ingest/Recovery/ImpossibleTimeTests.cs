using System.Buffers;
using NUnit.Framework;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Files;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Commit;
using TimeSeries.Simulation.Node;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Ingest.Recovery;

/// <summary>Records of the log with times that no calendar has, in frames with the right checksums.</summary>
internal sealed class ImpossibleTimeTests
{
    private const long Now = 1_769_947_200_000;

    [Test]
    public void A_record_behind_damage_that_was_received_at_no_moment_stops_no_start()
    {
        FoundDamage found = Start(
            (Record(0, Now, Now), IsSpoilt: false), (Record(1, Now, Now), IsSpoilt: true), (Record(2, long.MaxValue, Now), IsSpoilt: false)).Single();
        Assert.That(found.Loss, Is.EqualTo("At most 1 samples are lost, received before 9223372036854775807 ms."));
    }

    [TestCase(Timestamp.LeastMoment - 1)]
    [TestCase(Timestamp.GreatestMoment + 1)]
    public void A_sample_of_no_moment_is_told_as_lost(long time)
    {
        FoundDamage found = Start((Record(0, Now, time), IsSpoilt: false)).Single();
        Assert.That(found.Reason, Does.Contain("has a time that is none"));
        Assert.That(found.Samples, Is.EqualTo(1));
    }

    [TestCase(Timestamp.LeastMoment, "0001-01-01T00:00:00Z")]
    [TestCase(Timestamp.GreatestMoment, "9999-12-31T23:59:59Z")]
    [TestCase(Timestamp.GreatestMoment + 1, "253402300800000 ms")]
    public void Every_number_of_milliseconds_has_a_text(long milliseconds, string expected) =>
        Assert.That(new Timestamp(milliseconds).Text, Is.EqualTo(expected));

    // What a start on a log with these records finds damaged.
    private static IReadOnlyList<FoundDamage> Start(params (byte[] Record, bool IsSpoilt)[] records)
    {
        MemoryFileSystem files = new();
        string path;
        ulong nodeId;
        using (DataDirectory directory = DataDirectory.Open(files, SimulatedNode.Folder, SimulatedNode.Machine))
        {
            (path, nodeId) = (directory.LogPath, directory.NodeId);
        }

        ArrayBufferWriter<byte> segment = new();
        new FileHeader(LogSegment.Magic, LogSegment.Version, nodeId).Write(segment.GetSpan(FileHeader.Size));
        segment.Advance(FileHeader.Size);
        foreach ((byte[] record, bool isSpoilt) in records)
        {
            Span<byte> frame = segment.GetSpan(FrameFormat.HeaderSize + record.Length);
            new FrameFormat(nodeId).Write(
                frame, segment.WrittenCount - FileHeader.Size, new LogEntry(ReadOnlyMemory<byte>.Empty, record, Crc32C.Of(record)));
            record.CopyTo(frame[FrameFormat.HeaderSize..]);
            frame[FrameFormat.HeaderSize] ^= isSpoilt ? (byte)1 : (byte)0;
            segment.Advance(FrameFormat.HeaderSize + record.Length);
        }

        using (IFile file = files.Create(LogSegment.At(path, 0).Path))
        {
            file.Write(segment.WrittenSpan, 0);
        }

        SimulatedNode node = SimulatedNode.Start(new NodeSettings(), new NodeSeams(), files, new VirtualClock(DateTimeOffset.FromUnixTimeMilliseconds(Now)));
        node.EndThreads();
        return node.Damage.Found;
    }

    private static byte[] Record(long number, long received, long time)
    {
        ArrayBufferWriter<byte> record = new();
        record.Advance(new RecordHeader(RecordType.Batch, 1, 1, number, new Timestamp(received)).Write(record.GetSpan(RecordHeader.MaxSize)));
        BatchCodec.Write(Row.BatchOf([Row.Transaction(1, time, "shop", 1)], number), record);
        return record.WrittenSpan.ToArray();
    }
}
