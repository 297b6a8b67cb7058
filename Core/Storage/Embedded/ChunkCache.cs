namespace TimeSeries.Core.Storage.Embedded;

/// <summary>
/// What was read from blocks and checked, within a bound of bytes: encoded chunks, decoded dictionaries and rollups. What was used longest ago
/// goes first. A scan over more than fits in here would displace each part just before it came to it again; so a chunk, which is cheap to read,
/// takes the place only of what was not used for long (<see cref="HasPlaceFor"/>). Thread safe; what it gives out stays valid after it was dropped.
/// </summary>
internal sealed class ChunkCache(long maxBytes)
{
    // What an entry costs beside its own bytes.
    private const int EntryBytes = 160;

    // Times its own size that the cache is asked for while something in it is not used, until a chunk may take its place. To read that much
    // takes less than a second, which is what a change of what people look at costs them at most.
    private const int TimesUnused = 16;

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

    /// <summary>Whether a chunk that was asked for and not found is worth keeping: there is room, or something that was not used for long.</summary>
    public bool HasPlaceFor(long bytes)
    {
        lock (_gate)
        {
            _askedBytes += bytes;
            return Bytes + bytes + EntryBytes <= maxBytes || (_byUse.Last is { } oldest && _askedBytes - oldest.Value.UsedAt > TimesUnused * maxBytes);
        }
    }

    /// <summary>Keeps a value, unless it alone would fill the cache.</summary>
    public void Add(long block, long offset, object value, long bytes)
    {
        bytes += EntryBytes;
        if (bytes > maxBytes / 2)
        {
            return;
        }

        lock (_gate)
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
