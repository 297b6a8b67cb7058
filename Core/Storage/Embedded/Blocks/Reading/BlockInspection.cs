using System.Buffers.Binary;
using System.Globalization;
using TimeSeries.Core.Files;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Reading;

/// <summary>Looks at block files by themselves, whether or not a manifest names them. Thread safe.</summary>
internal static class BlockInspection
{
    /// <summary>Reads header, trailer and footer of a file.</summary>
    /// <exception cref="InvalidDataException">Header or trailer are not those of a block of this kind and node.</exception>
    /// <exception cref="DamagedFileException">The footer's checksum is wrong, or the disk can't read it.</exception>
    public static BlockIndex ReadIndex(IFile file, ChecksummedReader parts, Kind kind, ulong nodeId)
    {
        if (file.Length < BlockFormat.HeaderBytes + BlockFormat.TrailerBytes)
        {
            throw new InvalidDataException("it is shorter than any block");
        }

        Span<byte> ends = stackalloc byte[BlockFormat.HeaderBytes];
        file.Read(ends, 0);
        BlockFormat.CheckHeader(ends, kind, nodeId);
        Span<byte> trailer = stackalloc byte[BlockFormat.TrailerBytes];
        file.Read(trailer, file.Length - BlockFormat.TrailerBytes);
        using BlockBuffer footer = parts.Rent(BlockFormat.ReadTrailer(trailer));
        return BlockFooter.Read(footer.Payload, SampleSchema.Of(kind));
    }

    /// <summary>
    /// Refuses blocks that a later version wrote: they would be taken for damaged ones. A later version gave its blocks greater ids than there were before, so
    /// the newest that tells its version is enough.
    /// </summary>
    /// <exception cref="UnknownFormatException">A block is of a later version.</exception>
    public static void RefuseNewer(IFileSystem files, IEnumerable<string> paths)
    {
        foreach (string path in paths.OrderByDescending(IdOf))
        {
            if (FindVersion(files, path) is { } version)
            {
                if (version > BlockFormat.Version)
                {
                    throw new UnknownFormatException(path, string.Create(
                        CultureInfo.InvariantCulture,
                        $"has format version {version}; this program reads versions to {BlockFormat.Version}. Start the version that wrote it."));
                }

                return;
            }
        }

        // Also of a kind that this program does not know.
        static long IdOf(string path)
        {
            _ = BlockFormat.TryParseName(path, out _, out long id);
            return id;
        }
    }

    // By the footer, which has a checksum; the header has none. Null when it can't be read.
    private static uint? FindVersion(IFileSystem files, string path)
    {
        try
        {
            using IFile file = files.Open(path, FileAccess.Read);
            long end = file.Length - BlockFormat.TrailerBytes;
            Span<byte> trailer = stackalloc byte[BlockFormat.TrailerBytes];
            if (end < BlockFormat.HeaderBytes || file.Read(trailer, end) < trailer.Length)
            {
                return null;
            }

            Extent footer = BlockFormat.ReadTrailer(trailer);
            if (footer.Offset + footer.Length != end)
            {
                return null;
            }

            byte[] bytes = new byte[footer.Length];
            bool isWhole = file.Read(bytes, footer.Offset) == bytes.Length && bytes.Length > BlockFormat.ChecksumBytes
                && BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(^BlockFormat.ChecksumBytes..)) == Crc32C.Of(bytes.AsSpan(..^BlockFormat.ChecksumBytes));
            return isWhole ? BlockFooter.VersionOf(bytes) : null;
        }
        catch (Exception damage) when (damage is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            // Whoever reads its samples tells of it.
            return null;
        }
    }

    /// <summary>What a manifest would say of a file, from the file itself; null when it can't be told.</summary>
    public static BlockEntry? ReadEntry(StoreContext context, string path) => ReadEntry(context, path, ReadIndex);

    /// <summary>What a manifest would say of a file whose header or trailer may be damaged; null when it can't be told.</summary>
    public static BlockEntry? ReadDamagedEntry(StoreContext context, string path) =>
        ReadEntry(context, path, (file, parts, kind, nodeId) => ReadDamagedIndex(file, parts, kind, nodeId, null));

    /// <summary>Reads every part of a block and compares it with its checksum, and the whole with what the manifest says.</summary>
    /// <param name="context">What the store's parts share.</param>
    /// <param name="path">The file.</param>
    /// <param name="entry">What the manifest says.</param>
    /// <param name="throttle">Lets others go first between parts.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="IOException">The file can't be opened.</exception>
    public static BlockCheck Check(StoreContext context, string path, BlockEntry entry, CooperativeYield throttle, CancellationToken cancellationToken)
    {
        BlockCheck check = new(entry);
        if (!context.Files.Exists(path))
        {
            check.AddWhole(0, "it is missing", new FileNotFoundException());
            return check;
        }

        // A file that the system does not open now (too many are open, say) is not damaged for that.
        using IFile file = context.Files.Open(path, FileAccess.Read);
        try
        {
            ChecksummedReader parts = new(file, context);
            if (file.Length != entry.Bytes)
            {
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture, $"it has {file.Length} bytes, and {entry.Bytes} by the manifest"));
            }

            BlockIndex index = ReadDamagedIndex(file, parts, entry.Kind, context.NodeId, check);
            if (EntryOf(index, entry.Id, file.Length) != entry)
            {
                check.AddPlace(file.Length, "its footer and the manifest differ", new InvalidDataException());
            }

            CheckParts(index, parts, check, throttle, cancellationToken);
        }
        catch (DamagedFileException damage)
        {
            check.AddWhole(damage.Offset, damage.Reason, damage.InnerException);
        }
        catch (Exception damage) when (damage is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            check.AddWhole(0, damage.Message, damage);
        }

        if (check.IsDamaged)
        {
            context.Suspects[path] = SuspectState.Damaged;
        }
        else
        {
            context.Suspects.TryRemove(path, out _);
        }

        return check;
    }

    /// <summary>The footer, although header or trailer may be damaged: what stands in them is known otherwise, and the footer has a checksum.</summary>
    public static BlockIndex ReadDamagedIndex(IFile file, ChecksummedReader parts, Kind kind, ulong nodeId, BlockCheck? check)
    {
        if (file.Length < BlockFormat.HeaderBytes + BlockFormat.TrailerBytes)
        {
            throw new InvalidDataException("it is shorter than any block");
        }

        Span<byte> header = stackalloc byte[BlockFormat.HeaderBytes];
        file.Read(header, 0);
        try
        {
            BlockFormat.CheckHeader(header, kind, nodeId);
        }
        catch (InvalidDataException damage) when (BlockFormat.IsNearlyHeader(header, kind, nodeId))
        {
            check?.AddPlace(0, damage.Message, damage);
        }

        long end = file.Length - BlockFormat.TrailerBytes;
        Span<byte> trailer = stackalloc byte[BlockFormat.TrailerBytes];
        file.Read(trailer, end);
        DamagedFileException? unreadable = null;
        foreach (Extent extent in BlockFormat.PossibleFooters(trailer, end))
        {
            try
            {
                using BlockBuffer footer = parts.Rent(extent);
                BlockIndex index = BlockFooter.Read(footer.Payload, SampleSchema.Of(kind));
                if (!BlockFormat.IsTrailer(trailer, extent))
                {
                    check?.AddPlace(end, "its end is damaged", new InvalidDataException());
                }

                return index;
            }
            catch (Exception damage) when (damage is DamagedFileException or InvalidDataException)
            {
                // The trailer may be wrong, so the other number in it is tried. What the disk did not read says nothing about the bytes.
                unreadable ??= damage is DamagedFileException { InnerException: not InvalidDataException } refused ? refused : null;
            }
        }

        throw unreadable ?? (Exception)new InvalidDataException("its footer can't be read");
    }

    private static void CheckParts(BlockIndex index, ChecksummedReader parts, BlockCheck check, CooperativeYield throttle, CancellationToken cancellationToken)
    {
        check.Index = index;
        foreach (ColumnIndex column in index.Columns.OfType<ColumnIndex>())
        {
            for (int chunk = 0; chunk < column.Chunks.Length; chunk++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Fails(column.Chunks[chunk], parts, check, throttle))
                {
                    check.Lose(chunk);
                }
            }

            // Each part is read: all that is damaged is told.
            if (Array.FindAll(column.Dictionary, part => Fails(part, parts, check, throttle)).Length > 0)
            {
                for (int chunk = 0; chunk < column.Chunks.Length; chunk++)
                {
                    if (!column.Chunks[chunk].IsEmpty)
                    {
                        check.Lose(chunk);
                    }
                }
            }
        }

        // All that follows can be made again from the samples.
        foreach (RollupExtent rollup in index.Sections.SelectMany(section => section.Rollups))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Fails(rollup.Extent, parts, check, throttle);
        }

        foreach (Extent filter in index.Columns.SelectMany(column => column?.Filters ?? []).SelectMany(filter => filter.Pages).Append(index.AlertFilter))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Failure(filter, parts, throttle) is { } damage)
            {
                check.AddFilter(damage.Offset, damage.Reason);
            }
        }
    }

    private static bool Fails(Extent extent, ChecksummedReader parts, BlockCheck check, CooperativeYield throttle)
    {
        if (Failure(extent, parts, throttle) is not { } damage)
        {
            return false;
        }

        check.AddPart(extent, damage.Reason, damage.InnerException);
        return true;
    }

    private static DamagedFileException? Failure(Extent extent, ChecksummedReader parts, CooperativeYield throttle)
    {
        if (extent.IsEmpty)
        {
            return null;
        }

        throttle.Step();
        try
        {
            parts.Rent(extent).Dispose();
            return null;
        }
        catch (DamagedFileException damage)
        {
            return damage;
        }
    }

    private static BlockEntry? ReadEntry(
        StoreContext context, string path, Func<IFile, ChecksummedReader, Kind, ulong, BlockIndex> readIndex)
    {
        if (!BlockFormat.TryParseName(path, out Kind kind, out long id))
        {
            return null;
        }

        try
        {
            using IFile file = context.Files.Open(path, FileAccess.Read);
            return EntryOf(readIndex(file, new ChecksummedReader(file, context), kind, context.NodeId), id, file.Length);
        }
        catch (Exception damage) when (damage is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static BlockEntry EntryOf(BlockIndex index, long id, long bytes)
    {
        ColumnIndex numbers = index.Columns[BlockIndex.NumberColumnOf(index.Schema)] ?? throw new InvalidDataException("it has no sequence numbers");
        return new BlockEntry
        {
            Id = id,
            Kind = index.Schema.Kind,
            Bytes = bytes,
            RowCount = index.Sections.Sum(section => (long)section.RowCount),
            FirstTime = index.Sections.Min(section => section.FirstTime),
            LastTime = index.Sections.Max(section => section.LastTime),
            FirstNumber = numbers.Least.Min(),
            LastNumber = numbers.Greatest.Max(),
            ProjectCount = index.Sections.Length,
        };
    }
}
