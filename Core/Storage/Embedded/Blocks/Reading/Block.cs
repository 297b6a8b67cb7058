using TimeSeries.Core.Files;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Reading;

/// <summary>
/// A block that the manifest names (or named): its file is opened and its footer read when first needed, and closed when the last holder
/// lets go. Thread safe.
/// </summary>
internal sealed class Block(StoreContext context, string path, BlockEntry entry)
{
    // Guards opening and closing of the file.
    private readonly Lock _gate = new();
    // What the system has of so much in memory goes in about a tenth of a millisecond.
    private const long PieceBytes = 1 << 20;

    private IFile? _file;
    private BlockReader? _columns;
    private int _holders = 1;
    private volatile Membership _membership;
    private volatile bool _obsolete;
    private volatile bool _isQuarantined;

    public BlockEntry Entry { get; } = entry;

    /// <summary>
    /// Whether all samples are of the project that is kept apart. Read from the block when it is first asked for; false of one that can't be read.
    /// The store itself holds the block.
    /// </summary>
    public bool IsApart
    {
        get
        {
            if (context.Options.Apart is not { } apart)
            {
                return false;
            }

            try
            {
                if (_membership == Membership.Unknown)
                {
                    bool isApart = Array.TrueForAll(ReadOnce().Sections, section => section.Pcode == apart.Pcode);
                    _membership = isApart ? Membership.Apart : Membership.Shared;
                }

                return _membership == Membership.Apart;
            }
            catch (DamagedFileException)
            {
                // Whoever reads its samples tells of the damage.
                return false;
            }
        }
    }

    /// <summary>The block's file.</summary>
    public string Path => path;

    /// <summary>Takes hold of the block, so that its file stays. False when it is gone already.</summary>
    public bool TryPin()
    {
        while (true)
        {
            int holders = Volatile.Read(ref _holders);
            if (holders == 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _holders, holders + 1, holders) == holders)
            {
                return true;
            }
        }
    }

    /// <summary>Lets go. The last holder closes the file, and deletes it when no manifest names it any more.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            Close();
        }
    }

    /// <summary>
    /// Releases the block for the store when no manifest names it any more; its last holder deletes the file. The system's cache of the file is dropped before,
    /// 1 MiB at a time: the deletion would drop it at once, which takes a processor 10 to 20 ms for a large block.
    /// </summary>
    public void Retire(CooperativeYield throttle)
    {
        if (_file is { } file)
        {
            for (long offset = 0; offset < Entry.Bytes; offset += PieceBytes)
            {
                file.DropCache(offset, PieceBytes);
                throttle.Step();
            }
        }

        _obsolete = true;
        Release();
    }

    /// <summary>Releases the block for the store when no manifest names it any more; its last holder moves the file to quarantine.</summary>
    public void Quarantine()
    {
        _isQuarantined = true;
        _obsolete = true;
        Release();
    }

    /// <summary>The block's columns; the caller holds the block.</summary>
    /// <exception cref="DamagedFileException">Header or footer can't be read.</exception>
    public BlockReader Open()
    {
        if (_columns is { } open)
        {
            return open;
        }

        lock (_gate)
        {
            return _columns ??= ReadIndex();
        }
    }

    // Leaves no file open that nobody reads samples of.
    private BlockIndex ReadOnce()
    {
        lock (_gate)
        {
            if (_columns is { } open)
            {
                return open.Index;
            }

            using IFile file = OpenFile();
            return ReadIndex(file, new ChecksummedReader(file, context));
        }
    }

    private BlockReader ReadIndex()
    {
        IFile file = _file ??= OpenFile();
        ChecksummedReader parts = new(file, context);
        return new BlockReader(parts, Entry.Id, ReadIndex(file, parts), context.Cache);
    }

    private BlockIndex ReadIndex(IFile file, ChecksummedReader parts)
    {
        try
        {
            if (file.Length != Entry.Bytes)
            {
                throw new InvalidDataException("it is not as long as the manifest says");
            }

            return BlockInspection.ReadIndex(file, parts, Entry.Kind, context.NodeId);
        }
        catch (Exception damage) when (damage is InvalidDataException or (IOException and not DamagedFileException))
        {
            throw parts.Damaged(0, damage);
        }
    }

    private IFile OpenFile()
    {
        try
        {
            return context.Files.Open(path, FileAccess.Read);
        }
        catch (Exception damage) when (damage is IOException or UnauthorizedAccessException)
        {
            throw new ChecksummedReader(path, context).Damaged(0, damage);
        }
    }

    private void Close()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
        }

        context.Cache.Remove(Entry.Id);
        if (_obsolete)
        {
            try
            {
                if (_isQuarantined)
                {
                    context.Quarantine(path);
                }
                else
                {
                    context.Files.Delete(path);
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // The next start deletes what the manifest does not name, and moves what it names as lost.
                context.Instruments.StoreFailures.Add(1);
            }
        }
    }

    private enum Membership : byte
    {
        Unknown,
        Apart,
        Shared,
    }
}
