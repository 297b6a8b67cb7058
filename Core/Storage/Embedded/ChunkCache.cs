namespace TimeSeries.Core.Storage.Embedded;

/// <summary>
/// What was read from blocks and checked, within a bound of bytes: encoded chunks, decoded dictionaries and rollups. What was used longest ago
/// goes first. Questions over more than fits in here would displace each part just before they came to it again; so nothing takes the place of what was used
/// lately: what is cheap to read has to wait for long, what is dear to decode for less. Thread safe; what it gives out stays valid after it was dropped.
/// </summary>
internal sealed class ChunkCache(long maxBytes)
{
    // What an entry costs beside its own bytes.
    private const int EntryBytes = 160;

    // Times its own size that the cache is asked for while something in it is not used, until something else may take its place. So much to read takes
    // less than a second, and a quarter of it to decode a few: that is what it costs people at most when they look at something else.
    private const int ChunkTurns = 16;
    private const int DecodedTurns = 2;

    // Guards the entries and their order. Held for a look-up only, never while something is read.
    private readonly Lock _gate = new();
    private readonly Dictionary<(long Block, long Offset), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
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
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return (T)node.Value.Value;
        }
    }

    /// <summary>Whether a chunk that was asked for and not found is worth keeping: then the caller reads it into memory of its own and adds it.</summary>
    public bool HasPlaceFor(long bytes)
    {
        lock (_gate)
        {
            _askedBytes += bytes;
            return HasPlace(bytes + EntryBytes, ChunkTurns);
        }
    }

    /// <summary>Keeps a chunk that there was a place for.</summary>
    public void Add(long block, long offset, byte[] chunk)
    {
        lock (_gate)
        {
            Keep(block, offset, chunk, chunk.Length + EntryBytes);
        }
    }

    /// <summary>Keeps what was asked for, not found and decoded, if there is a place for it.</summary>
    public void AddDecoded(long block, long offset, object value, long bytes)
    {
        lock (_gate)
        {
            _askedBytes += bytes;
            if (HasPlace(bytes + EntryBytes, DecodedTurns))
            {
                Keep(block, offset, value, bytes + EntryBytes);
            }
        }
    }

    /// <summary>Forgets all that was read from a block.</summary>
    public void Remove(long block)
    {
        lock (_gate)
        {
            for (LinkedListNode<Entry>? node = _byUse.First; node is not null;)
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

    private bool HasPlace(long bytes, int turns) =>
        Bytes + bytes <= maxBytes || (bytes <= maxBytes / 2 && _byUse.Last is { } oldest && _askedBytes - oldest.Value.UsedAt > turns * maxBytes);

    private void Keep(long block, long offset, object value, long bytes)
    {
        if (_entries.ContainsKey((block, offset)))
        {
            return;
        }

        _entries[(block, offset)] = _byUse.AddFirst(new Entry(block, offset, value, bytes) { UsedAt = _askedBytes });
        Bytes += bytes;
        while (Bytes > maxBytes)
        {
            Drop(_byUse.Last!);
        }
    }

    private void Drop(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _entries.Remove((node.Value.Block, node.Value.Offset));
        Bytes -= node.Value.Bytes;
    }

    private record struct Entry(long Block, long Offset, object Value, long Bytes)
    {
        public long UsedAt { get; set; }
    }
}
