using System.Buffers.Binary;
using System.Globalization;
using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Ingest.Idempotency;

/// <summary>
/// Keeps idempotency keys, and the sequence number reached, on disk when the log forgets their records: files in <c>ids/</c>, each with records of
/// <c>next number i64 | keys</c>. A file is deleted once all its keys are too old. Used by one thread at a time.
/// </summary>
internal sealed class IdempotencyJournal(
    IFileSystem files, string directory, ulong nodeId, TimeSpan window, TimeProvider clock, DamageRegister damage) : IDisposable
{
    private const uint Version = 1;

    // Files are deleted whole, so small ones give room back sooner; a full window of a million keys has a few of them.
    private const long MaxFileBytes = 16L << 20;

    private readonly long _windowMilliseconds = (long)window.TotalMilliseconds;

    // Files that are only read, oldest first, with their newest key's time.
    private readonly List<(string Path, Timestamp Newest)> _closed = [];
    private RecordFile? _open;
    private (string Path, Timestamp Newest) _current;
    private long _nextFile;

    private static uint Magic => FileHeader.MagicOf("TSID"u8);

    /// <summary>
    /// Reads what the files have into memory. Returns the greatest sequence number reached, 0 when none is known. What can't be read is reported, and the rest
    /// is taken.
    /// </summary>
    /// <param name="memory">Gets the keys.</param>
    /// <param name="from">Whether they count as being in the journal already.</param>
    /// <exception cref="UnknownFormatException">A file is of another version or node.</exception>
    public long Restore(IdempotencyCache memory, RestoredFrom from = RestoredFrom.Journal)
    {
        files.CreateDirectory(directory);
        long nextNumber = 0;
        IReadOnlyList<string> paths = files.List(directory);
        foreach (string path in paths)
        {
            Timestamp newest = new(0);

            // The process that wrote the newest one may have ended before it knew whether its last flush worked, so its keys are written again.
            RestoredFrom origin = path == paths[^1] ? RestoredFrom.Log : from;
            IReadOnlyList<FileStretch> unreadable = RecordFile.Read(files, path, Magic, Version, nodeId, record =>
            {
                nextNumber = Math.Max(nextNumber, BinaryPrimitives.ReadInt64LittleEndian(record.Span));
                for (int at = sizeof(long); at + IdempotencyRecord.Size <= record.Length; at += IdempotencyRecord.Size)
                {
                    IdempotencyRecord id = IdempotencyRecord.Read(record.Span[at..]);
                    newest = id.Committed > newest ? id.Committed : newest;
                    if (!IsOld(id.Committed))
                    {
                        memory.Restore(id, origin);
                    }
                }
            });
            foreach (FileStretch stretch in unreadable)
            {
                Report(path, stretch);
            }

            _closed.Add((path, newest));
            _nextFile = Math.Max(_nextFile, ParseNumber(path) + 1);
        }

        return nextNumber;
    }

    /// <summary>Makes keys and the sequence number durable.</summary>
    /// <exception cref="IOException">They are not; the next call begins a new file.</exception>
    public void Append(List<IdempotencyRecord> ids, long nextNumber)
    {
        byte[] record = new byte[sizeof(long) + ids.Count * IdempotencyRecord.Size];
        BinaryPrimitives.WriteInt64LittleEndian(record, nextNumber);
        Timestamp newest = _open is null ? new Timestamp(0) : _current.Newest;
        for (int i = 0; i < ids.Count; i++)
        {
            ids[i].Write(record.AsSpan(sizeof(long) + i * IdempotencyRecord.Size));
            newest = ids[i].Committed > newest ? ids[i].Committed : newest;
        }

        try
        {
            _open ??= Begin();
            _open.Append(record);
            _open.Flush();
            _current.Newest = newest;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Close();
            throw;
        }

        if (_open.End > MaxFileBytes || Now() - _current.Newest.Milliseconds > _windowMilliseconds / 4)
        {
            Close();
        }

        DropOld();
    }

    public void Dispose() => _open?.Dispose();

    private void Report(string path, FileStretch stretch)
    {
        bool isHeader = stretch.Offset == 0;
        string loss = isHeader
            ? "Nothing is lost: the keys behind the header were read."
            : string.Create(CultureInfo.InvariantCulture,
                $"At most {stretch.Length / IdempotencyRecord.Size} idempotency keys are forgotten: a batch sent again with one of them is stored twice.");
        damage.Report(new FoundDamage(
            StoredFile.Ids, path, stretch.Offset,
            isHeader ? "its header can't be read" : string.Create(CultureInfo.InvariantCulture, $"{stretch.Length} bytes can't be read"), loss));
    }

    private RecordFile Begin()
    {
        string path = Path.Combine(directory, _nextFile.ToString("D16", CultureInfo.InvariantCulture));
        _nextFile++;
        _current = (path, new Timestamp(0));
        return RecordFile.Create(files, path, Magic, Version, nodeId);
    }

    private void Close()
    {
        _open?.Dispose();
        _open = null;
        if (files.Exists(_current.Path))
        {
            _closed.Add(_current);
        }
    }

    // The newest file stays: it has the sequence number.
    private void DropOld()
    {
        for (int i = _closed.Count - 1; i >= 0; i--)
        {
            bool isNewest = i == _closed.Count - 1 && _open is null;
            if (!isNewest && IsOld(_closed[i].Newest))
            {
                files.Delete(_closed[i].Path);
                _closed.RemoveAt(i);
            }
        }
    }

    private static long ParseNumber(string path) =>
        long.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;

    private long Now() => Timestamp.Now(clock).Milliseconds;

    private bool IsOld(Timestamp committed) => Now() - committed.Milliseconds > _windowMilliseconds;
}

/// <summary>What is remembered of a batch with an idempotency key: enough to give its response again.</summary>
internal readonly record struct IdempotencyRecord(IdempotencyKey Key, Timestamp Committed, LogPosition Position, BatchCounts Counts)
{
    public const int Size = IdempotencyKey.Size + 2 * sizeof(long) + 4 * sizeof(int);

    public void Write(Span<byte> destination)
    {
        Key.Write(destination);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], Committed.Milliseconds);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], Position.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(destination[32..], Counts.Accepted);
        BinaryPrimitives.WriteInt32LittleEndian(destination[36..], Counts.Rejected);
        BinaryPrimitives.WriteInt32LittleEndian(destination[40..], Counts.Duplicates);
        BinaryPrimitives.WriteInt32LittleEndian(destination[44..], Counts.Truncated);
    }

    public static IdempotencyRecord Read(ReadOnlySpan<byte> source) => new(
        IdempotencyKey.Read(source),
        new Timestamp(BinaryPrimitives.ReadInt64LittleEndian(source[16..])),
        new LogPosition(BinaryPrimitives.ReadInt64LittleEndian(source[24..])),
        new BatchCounts(
            BinaryPrimitives.ReadInt32LittleEndian(source[32..]), BinaryPrimitives.ReadInt32LittleEndian(source[36..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[40..]), BinaryPrimitives.ReadInt32LittleEndian(source[44..])));
}
