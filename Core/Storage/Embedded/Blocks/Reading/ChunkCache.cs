namespace TimeSeries.Core.Storage.Embedded.Blocks.Reading;

/// <summary>
/// What was read from blocks and checked, within a bound of bytes: encoded chunks, which are cheap to read again, and decoded dictionaries and rollups, which
/// are dear. What is decoded takes the place of chunks; among themselves nothing takes the place of what was used lately, since questions over more than fits
/// in here would displace each part just before they came to it again. Thread safe; what it gives out stays valid after it was dropped.
/// </summary>
internal sealed class ChunkCache(long maxBytes)
{
    // What an entry costs beside its own bytes.
    private const int EntryBytes = 160;

    // Times its own size that the cache is asked for while something in it is not used, until another of its sort may take its place. So much to read takes
    // less than a second, and an eighth of it to decode a few: that is what it costs people at most when they look at something else.
    private const int ChunkTurns = 16;
    private const int DecodedTurns = 2;

    // Guards the entries and their order. Held for a look-up only, never while something is read.
    private readonly Lock _gate = new();
    private readonly Dictionary<(long Block, long Offset), LinkedListNode<Entry>> _entries = [];

    // What was used last comes first.
    private readonly LinkedList<Entry> _chunks = new();
    private readonly LinkedList<Entry> _decoded = new();
    private long _chunkBytes;
    private long _askedBytes;

    public long Bytes { get; private set; }

    public T? Find<T>(long block, long offset)
        where T : class
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue((block, offset), out LinkedListNode<Entry>? node))
            {
                return null;
            }

            _askedBytes += node.Value.Bytes;
            node.ValueRef.UsedAt = _askedBytes;
            LinkedList<Entry> sort = node.List!;
            sort.Remove(node);
            sort.AddFirst(node);
            return (T)node.Value.Value;
        }
    }

    /// <summary>Whether a chunk that was asked for and not found is worth keeping: then the caller reads it into memory of its own and adds it.</summary>
    public bool HasPlaceFor(long bytes)
    {
        lock (_gate)
        {
            _askedBytes += bytes;
            return Bytes + bytes + EntryBytes <= maxBytes || (IsSmall(bytes) && (IsUnused(_chunks, ChunkTurns) || IsUnused(_decoded, ChunkTurns)));
        }
    }

    /// <summary>Keeps a chunk that there was a place for.</summary>
    public void Add(long block, long offset, byte[] chunk)
    {
        lock (_gate)
        {
            Keep(_chunks, new Entry(block, offset, chunk, chunk.Length + EntryBytes), IsUnused(_decoded, ChunkTurns) ? _decoded : _chunks);
        }
    }

    /// <summary>Keeps what was asked for, not found and decoded, if there is a place for it.</summary>
    public void AddDecoded(long block, long offset, object value, long bytes)
    {
        lock (_gate)
        {
            _askedBytes += bytes;
            if (Bytes - _chunkBytes + bytes + EntryBytes <= maxBytes || (IsSmall(bytes) && IsUnused(_decoded, DecodedTurns)))
            {
                Keep(_decoded, new Entry(block, offset, value, bytes + EntryBytes), _chunks);
            }
        }
    }

    /// <summary>Forgets all that was read from a block.</summary>
    public void Remove(long block)
    {
        lock (_gate)
        {
            foreach (LinkedList<Entry> sort in new[] { _chunks, _decoded })
            {
                for (LinkedListNode<Entry>? node = sort.First; node is not null;)
                {
                    LinkedListNode<Entry>? next = node.Next;
                    if (node.Value.Block == block)
                    {
                        Drop(node);
                    }

                    node = next;
                }
            }
        }
    }

    // One entry must not take the place of all others.
    private bool IsSmall(long bytes) => bytes + EntryBytes <= maxBytes / 2;

    private bool IsUnused(LinkedList<Entry> sort, int turns) => sort.Last is { } oldest && _askedBytes - oldest.Value.UsedAt > turns * maxBytes;

    // Where there is no room the oldest of one sort go first, then those of the other.
    private void Keep(LinkedList<Entry> sort, Entry entry, LinkedList<Entry> first)
    {
        if (_entries.ContainsKey((entry.Block, entry.Offset)))
        {
            return;
        }

        _entries[(entry.Block, entry.Offset)] = sort.AddFirst(entry with { UsedAt = _askedBytes });
        Count(sort, entry.Bytes);
        while (Bytes > maxBytes)
        {
            Drop(first.Last ?? (first == _chunks ? _decoded : _chunks).Last!);
        }
    }

    private void Drop(LinkedListNode<Entry> node)
    {
        Count(node.List!, -node.Value.Bytes);
        _entries.Remove((node.Value.Block, node.Value.Offset));
        node.List!.Remove(node);
    }

    private void Count(LinkedList<Entry> sort, long bytes)
    {
        Bytes += bytes;
        _chunkBytes += sort == _chunks ? bytes : 0;
    }

    private record struct Entry(long Block, long Offset, object Value, long Bytes)
    {
        public long UsedAt { get; set; }
    }
}
