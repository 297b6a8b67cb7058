using System.Buffers.Binary;
using System.Collections.Immutable;
using TimeSeries.Core.Files;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Log;

/// <summary>
/// Which stretches of a log could not be read when the store went past them. The file <c>log.lost</c> beside the log's directory is a header whose own number
/// is how many there are, then the position of each one's first byte and that behind its last (i64 each), in the order in which they were noted, and their
/// CRC-32C. What is in them stays lost, also where it can be read again: the store would not take it, and nobody may be told that it has it. Thread safe.
/// </summary>
public sealed class LostStretches
{
    private const uint Version = 1;
    private const string Extension = ".lost";
    private const int StretchSize = 2 * sizeof(long);

    // A million stretches.
    private const long MostBytes = 16L << 20;

    private readonly IFileSystem _files;
    private readonly string _logDirectory;
    private readonly ulong _nodeId;
    private readonly Lock _lock = new();
    private ImmutableArray<LogStretch> _noted;
    private bool _isDamaged;

    private LostStretches(IFileSystem files, string logDirectory, ulong nodeId, DamageRegister register)
    {
        (_files, _logDirectory, _nodeId) = (files, logDirectory, nodeId);
        _isDamaged = !TryRead(out _noted);
        if (_isDamaged)
        {
            register.Report(new FoundDamage(
                StoredFile.Wal, PathFor(logDirectory), 0, "it can't be read",
                "No sample is lost by it. A batch that was told as lost may be answered as a duplicate when it is sent again with its idempotency key."));
        }
    }

    private static uint Magic => FileHeader.MagicOf("TSLL"u8);

    /// <summary>The position behind the last of them; 0 when there are none.</summary>
    internal long End => _noted.Length == 0 ? 0 : _noted.Max(stretch => stretch.End);

    /// <summary>
    /// Notes a stretch that could not be read, before a store that lacks its records goes past it. From then on readers report it and give nothing of it, also
    /// where it can be read again. The note is on stable storage when this returns.
    /// </summary>
    /// <exception cref="IOException">The note can't be written, so the store must not go past the stretch.</exception>
    public void Add(LogDamage damage)
    {
        LogStretch stretch = new(damage.Start.Offset, damage.End.Offset);
        lock (_lock)
        {
            if (!_noted.Any(noted => noted.Start <= stretch.Start && stretch.End <= noted.End))
            {
                Write(_noted.Add(stretch));
            }
        }
    }

    /// <summary>
    /// Has stretches read again that the store has not gone past; those that the log does not have any more are no longer noted. Call after a start, before
    /// anything is read and stored.
    /// </summary>
    /// <param name="start">Where the log begins.</param>
    /// <param name="stored">Through here the store went.</param>
    /// <exception cref="IOException">The notes can't be written; they stay.</exception>
    public void ReadAgain(LogPosition start, LogPosition stored)
    {
        lock (_lock)
        {
            ImmutableArray<LogStretch> kept = [.. _noted.Where(noted => noted.End <= stored.Offset && noted.End > start.Offset)];
            if (kept.Length < _noted.Length || _isDamaged)
            {
                // A segment that was forgotten must not come back after its note is gone.
                _files.FlushDirectory(_logDirectory);
                Write(kept);
                _isDamaged = false;
            }
        }
    }

    /// <summary>The file as it is to be now; null when there are none.</summary>
    public byte[]? ToFile()
    {
        lock (_lock)
        {
            return _noted.IsEmpty ? null : ToBytes(_nodeId, _noted);
        }
    }

    internal static string PathFor(string logDirectory) => Path.GetFullPath(logDirectory) + Extension;

    /// <summary>Reads the file. One that can't be read is reported, and has none.</summary>
    /// <exception cref="UnknownFormatException">It is of another format version or another node.</exception>
    internal static LostStretches Open(IFileSystem files, string logDirectory, ulong nodeId, DamageRegister register) =>
        new(files, logDirectory, nodeId, register);

    /// <summary>The stretch that has a position, or else the first that begins behind it and before another one.</summary>
    internal bool TryFind(LogPosition position, long before, out LogStretch found)
    {
        found = new LogStretch(before, before);
        lock (_lock)
        {
            foreach (LogStretch noted in _noted)
            {
                found = noted.End > position.Offset && noted.Start < found.Start ? noted : found;
            }
        }

        return found.Start < before;
    }

    /// <summary>The stretches as a file.</summary>
    internal static byte[] ToBytes(ulong nodeId, ImmutableArray<LogStretch> stretches)
    {
        byte[] bytes = new byte[FileHeader.Size + (stretches.Length * StretchSize) + sizeof(uint)];
        new FileHeader(Magic, Version, nodeId, (ulong)stretches.Length).Write(bytes);
        Span<byte> body = bytes.AsSpan(FileHeader.Size..^sizeof(uint));
        for (int i = 0; i < stretches.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(body[(i * StretchSize)..], stretches[i].Start);
            BinaryPrimitives.WriteInt64LittleEndian(body[((i * StretchSize) + sizeof(long))..], stretches[i].End);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(^sizeof(uint)..), Crc32C.Of(body));
        return bytes;
    }

    private void Write(ImmutableArray<LogStretch> stretches)
    {
        _files.Replace(PathFor(_logDirectory), ToBytes(_nodeId, stretches));
        _noted = stretches;
    }

    // False when the file is damaged.
    private bool TryRead(out ImmutableArray<LogStretch> stretches)
    {
        stretches = [];
        string path = PathFor(_logDirectory);
        if (!_files.Exists(path))
        {
            return true;
        }

        try
        {
            using IFile file = _files.Open(path, FileAccess.Read);
            if (file.Length > MostBytes)
            {
                return false;
            }

            byte[] bytes = new byte[file.Length];
            int length = file.Read(bytes, 0);
            if (!FileHeader.TryRead(bytes.AsSpan(0, length), out FileHeader header))
            {
                return false;
            }

            header.Require(path, Magic, Version, _nodeId);
            return length == bytes.Length && TryRead(bytes.AsSpan(FileHeader.Size..), header.Own, out stretches);
        }
        catch (IOException fault) when (fault is not UnknownFormatException)
        {
            return false;
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> body, ulong count, out ImmutableArray<LogStretch> stretches)
    {
        stretches = [];
        (int found, int rest) = Math.DivRem(body.Length - sizeof(uint), StretchSize);
        if (rest != 0 || found < 0 || (ulong)found != count
            || BinaryPrimitives.ReadUInt32LittleEndian(body[^sizeof(uint)..]) != Crc32C.Of(body[..^sizeof(uint)]))
        {
            return false;
        }

        LogStretch[] read = new LogStretch[found];
        for (int i = 0; i < read.Length; i++, body = body[StretchSize..])
        {
            read[i] = new LogStretch(BinaryPrimitives.ReadInt64LittleEndian(body), BinaryPrimitives.ReadInt64LittleEndian(body[sizeof(long)..]));
        }

        stretches = [.. read];
        return true;
    }
}

/// <summary>A part of the log.</summary>
/// <param name="Start">Position of its first byte.</param>
/// <param name="End">Position behind its last byte.</param>
internal readonly record struct LogStretch(long Start, long End)
{
    public bool Has(long position) => position >= Start && position < End;
}
