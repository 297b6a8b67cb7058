namespace TimeSeries.Core.Storage.Embedded.Blocks.Reading;

/// <summary>
/// A cache of checked parts of blocks, bounded by bytes: encoded chunks, which are cheap to read again, and decoded dictionaries and rollups, which are not.
/// Decoded parts replace chunks. Otherwise nothing replaces what was used lately: a query over more than fits would evict each part just before it needs the
/// part again. Thread safe; what it returns stays valid after it was evicted.
/// </summary>
internal sealed class ChunkCache(long maxBytes)
{
    // What an entry costs beside its own bytes.
    private const int EntryBytes = 160;

    // An entry may be replaced by another of its sort when this many times the cache's size was requested since its last use. Reading so much takes
    // less than a second, and decoding an eighth of it a few seconds: the most that it costs users to turn to other data.
    private const int ChunkTurns = 16;
    private const int DecodedTurns = 2;

    // Guards the entries and their order. Held for a look-up only, never while something is read.
    private readonly Lock _gate = new();
    private readonly Dictionary<(long Block, long Offset), LinkedListNode<Entry>> _entries = [];

    // What was used last comes first.
    private readonly LinkedList<Entry> _chunks = new();
    private readonly LinkedList<Entry> _decoded = new();
    private long _chunkBytes;
    private long _requestedBytes;

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

            _requestedBytes += node.Value.Bytes;
            node.ValueRef.UsedAt = _requestedBytes;
            LinkedList<Entry> sort = node.List!;
            sort.Remove(node);
            sort.AddFirst(node);
            return (T)node.Value.Value;
        }
    }

    /// <summary>Whether a chunk that was not found is worth keeping. The caller then reads it into memory of its own and adds it.</summary>
    public bool HasRoomFor(long bytes)
    {
        lock (_gate)
        {
            _requestedBytes += bytes;
            return Bytes + bytes + EntryBytes <= maxBytes || (IsSmall(bytes) && (IsUnused(_chunks, ChunkTurns) || IsUnused(_decoded, ChunkTurns)));
        }
    }

    /// <summary>Keeps a chunk for which <see cref="HasRoomFor"/> gave true.</summary>
    public void Add(long block, long offset, byte[] chunk)
    {
        lock (_gate)
        {
            Keep(_chunks, new Entry(block, offset, chunk, chunk.Length + EntryBytes), IsUnused(_decoded, ChunkTurns) ? _decoded : _chunks);
        }
    }

    /// <summary>Keeps what was not found and then decoded, if there is room for it.</summary>
    public void AddDecoded(long block, long offset, object value, long bytes)
    {
        lock (_gate)
        {
            _requestedBytes += bytes;
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

    // One entry must not evict all others.
    private bool IsSmall(long bytes) => bytes + EntryBytes <= maxBytes / 2;

    private bool IsUnused(LinkedList<Entry> sort, int turns) => sort.Last is { } oldest && _requestedBytes - oldest.Value.UsedAt > turns * maxBytes;

    // When there is no room, the oldest of one sort are evicted first, then those of the other.
    private void Keep(LinkedList<Entry> sort, Entry entry, LinkedList<Entry> first)
    {
        if (_entries.ContainsKey((entry.Block, entry.Offset)))
        {
            return;
        }

        _entries[(entry.Block, entry.Offset)] = sort.AddFirst(entry with { UsedAt = _requestedBytes });
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
