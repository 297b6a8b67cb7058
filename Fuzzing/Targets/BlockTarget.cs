using System.Buffers.Binary;
using Microsoft.Extensions.Logging.Abstractions;
using TimeSeries.Core;
using TimeSeries.Core.Files;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;

namespace TimeSeries.Fuzzing.Targets;

/// <summary>
/// A block of a kind, changed anywhere, with the checksums of its footer and of each part that the footer names put right. Behind a byte that names the
/// kind. Its samples are counted, grouped, measured and listed; what is no block is told as damage.
/// </summary>
internal sealed class BlockTarget : IFuzzTarget
{
    private const ulong NodeId = 0xF022;
    private const string Folder = "/data";

    private readonly MemoryFileSystem _files = new();
    private readonly Dictionary<Kind, (string Path, byte[] Bytes)> _blocks = [];

    public BlockTarget()
    {
        using CoreInstruments instruments = new();
        EmbeddedStore store = Open(instruments);
        SeedSamples.WriteInto(store);
        store.SealAsync().GetAwaiter().GetResult();
        store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        foreach (string path in _files.List(Folder + "/blocks"))
        {
            if (BlockFormat.TryParseName(path, out Kind kind, out _))
            {
                using IFile file = _files.Open(path, FileAccess.Read);
                byte[] bytes = new byte[file.Length];
                file.Read(bytes, 0);
                _blocks[kind] = (path, bytes);
            }
        }
    }

    public int MaxBytes => 1 + _blocks.Values.Max(block => block.Bytes.Length);

    public IEnumerable<byte[]> Seeds => _blocks.Select(block => (byte[])[(byte)block.Key, .. block.Value.Bytes]);

    public IEnumerable<byte[]> Words => BuiltBatch.BinaryWords();

    public void Run(ReadOnlySpan<byte> input)
    {
        Kind kind = input.IsEmpty ? default : (Kind)(input[0] % SampleSchema.All.Length);
        if (input.IsEmpty || !_blocks.TryGetValue(kind, out (string Path, byte[] Bytes) whole))
        {
            return;
        }

        byte[] block = [.. whole.Bytes];
        input[1..Math.Min(input.Length, block.Length + 1)].CopyTo(block);
        PutChecksums(block, SampleSchema.Of(kind));
        using IFile file = _files.Open(whole.Path, FileAccess.ReadWrite);
        file.Write(block, 0);
        try
        {
            Query(SampleSchema.Of(kind));
        }
        catch (UnknownFormatException)
        {
            // Its footer tells a later version, with which a start is refused.
        }
        finally
        {
            file.Write(whole.Bytes, 0);
        }
    }

    private void Query(KindSchema schema)
    {
        using CoreInstruments instruments = new();
        EmbeddedStore store = Open(instruments);
        try
        {
            StoreQueries.RunAll(store, schema);
        }
        finally
        {
            store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private EmbeddedStore Open(CoreInstruments instruments) => EmbeddedStore.Open(
        _files, Folder, NodeId, new EmbeddedStoreOptions { ScanParallelism = 1, CacheBytes = 1 << 20 }, _ => 1_200_000,
        TimeProvider.System, instruments, NullLogger.Instance);

    // The trailer tells where the footer is, and the footer where all else is.
    private static void PutChecksums(Span<byte> block, KindSchema schema)
    {
        Extent footer;
        BlockIndex index;
        try
        {
            footer = BlockFormat.ReadTrailer(block[^BlockFormat.TrailerBytes..]);
            if (!PutChecksum(block, footer))
            {
                return;
            }

            index = BlockFooter.Read(block.Slice((int)footer.Offset, footer.Length - BlockFormat.ChecksumBytes), schema);
        }
        catch (Exception refusal) when (refusal is InvalidDataException or OverflowException)
        {
            // The store refuses it too, which is what is tried then.
            return;
        }

        foreach (ColumnIndex column in index.Columns.OfType<ColumnIndex>())
        {
            foreach (Extent part in column.Chunks.Concat(column.Dictionary).Concat(column.Filters.SelectMany(filter => filter.Pages)))
            {
                PutChecksum(block, part);
            }
        }

        foreach (RollupExtent rollup in index.Sections.SelectMany(section => section.Rollups))
        {
            PutChecksum(block, rollup.Extent);
        }

        PutChecksum(block, index.AlertFilter);
        PutChecksum(block, footer);
    }

    private static bool PutChecksum(Span<byte> block, Extent part)
    {
        bool isInside = part.Offset >= 0 && part.Length > BlockFormat.ChecksumBytes && part.Offset <= block.Length - part.Length;
        if (isInside)
        {
            Span<byte> bytes = block.Slice((int)part.Offset, part.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[^BlockFormat.ChecksumBytes..], Crc32C.Of(bytes[..^BlockFormat.ChecksumBytes]));
        }

        return isInside;
    }
}
