using System.Buffers;
using System.Buffers.Binary;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Files;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Running;
using TimeSeries.Ingest.Commit;
using TimeSeries.Simulation.Node;

namespace TimeSeries.Fuzzing.Targets;

/// <summary>
/// Records of the WAL, each behind its length, in frames with the right checksums; the highest bit of a length spoils the frame's. A node starts on them twice
/// and gives the same number of samples, or its start is refused.
/// </summary>
internal sealed class WalTarget : IFuzzTarget
{
    private const ushort Spoilt = 0x8000;

    private readonly NodeSettings _settings = new() { HeadRows = 1_000_000 };

    public int MaxBytes => 4 << 10;

    public IEnumerable<byte[]> Seeds => SeedSamples.All.Select(ToInput).Append([.. SeedSamples.All.SelectMany(ToInput)]);

    public IEnumerable<byte[]> Words => BuiltBatch.BinaryWords();

    public void Run(ReadOnlySpan<byte> input)
    {
        MemoryFileSystem files = new();
        string path;
        ulong nodeId;
        using (DataDirectory directory = DataDirectory.Open(files, SimulatedNode.Folder, SimulatedNode.Machine))
        {
            path = directory.LogPath;
            nodeId = directory.NodeId;
        }

        using (IFile file = files.Create(LogSegment.At(path, 0).Path))
        {
            file.Write(ToSegment(input, nodeId), 0);
        }

        if (Start(files) is { } first)
        {
            long? second = Start(files);
            OracleException.Require(first == second, $"A start gives {first} samples, and the next {second}.");
        }
    }

    private static byte[] ToSegment(ReadOnlySpan<byte> input, ulong nodeId)
    {
        ArrayBufferWriter<byte> segment = new(FileHeader.Size + (2 * input.Length));
        new FileHeader(LogSegment.Magic, LogSegment.Version, nodeId).Write(segment.GetSpan(FileHeader.Size));
        segment.Advance(FileHeader.Size);
        FrameFormat format = new(nodeId);
        while (input.Length > sizeof(ushort))
        {
            ushort head = BinaryPrimitives.ReadUInt16LittleEndian(input);
            int length = Math.Clamp(head & ~Spoilt, 1, input.Length - sizeof(ushort));
            byte[] record = input.Slice(sizeof(ushort), length).ToArray();
            input = input[(sizeof(ushort) + length)..];
            Span<byte> frame = segment.GetSpan(FrameFormat.HeaderSize + length);
            format.Write(frame, segment.WrittenCount - FileHeader.Size, new LogEntry(ReadOnlyMemory<byte>.Empty, record, Crc32C.Of(record)));
            record.CopyTo(frame[FrameFormat.HeaderSize..]);
            frame[FrameFormat.HeaderSize] ^= (head & Spoilt) != 0 ? (byte)1 : (byte)0;
            segment.Advance(FrameFormat.HeaderSize + length);
        }

        return segment.WrittenSpan.ToArray();
    }

    // How many samples a node has; null when its start is refused.
    private long? Start(MemoryFileSystem files)
    {
        SimulatedNode node;
        try
        {
            node = SimulatedNode.Start(_settings, new NodeSeams(), files, new VirtualClock(DateTimeOffset.FromUnixTimeMilliseconds(BuiltBatch.Now)));
        }
        catch (Exception refusal) when (refusal is StartRefusedException or UnknownFormatException)
        {
            return null;
        }

        try
        {
            long samples = 0;
            foreach (KindSchema schema in SampleSchema.All)
            {
                using QueryResult result = StoreQueries.Count(node.Store, schema);
                samples += result.RowCount > 0 ? result.Count(0, 0) : 0;
            }

            return samples;
        }
        finally
        {
            node.EndThreads();
        }
    }

    private static byte[] ToInput(ValidBatch batch)
    {
        ArrayBufferWriter<byte> record = new();
        RecordHeader header = new(RecordType.Batch, batch.Samples.RowCount, BuiltBatch.Pcode, 0, new Timestamp(BuiltBatch.Now));
        record.Advance(header.Write(record.GetSpan(RecordHeader.MaxSize)));
        BatchCodec.Write(batch, record);
        return [(byte)record.WrittenCount, (byte)(record.WrittenCount >> 8), .. record.WrittenSpan];
    }
}
