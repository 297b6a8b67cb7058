namespace TimeSeries.Core.Storage.Influx.Reading;

/// <summary>Caches what queries read, up to a number of bytes. The least recently used value goes first. Thread safe.</summary>
/// <param name="maxBytes">Most bytes held.</param>
/// <param name="bytesOf">Memory that a value holds. A value that grows is measured when it is set again.</param>
internal sealed class BoundedCache<TKey, TValue>(long maxBytes, Func<TValue, long> bytesOf)
    where TKey : notnull
    where TValue : class
{
    // Guards the fields below.
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value, long Bytes)>> _entries = [];
    private readonly LinkedList<(TKey Key, TValue Value, long Bytes)> _order = [];
    private long _bytes;

    public TValue? Find(TKey key)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out LinkedListNode<(TKey Key, TValue Value, long Bytes)>? entry))
            {
                return null;
            }

            _order.Remove(entry);
            _order.AddLast(entry);
            return entry.Value.Value;
        }
    }

    /// <summary>Returns the value of a key. Makes and adds it when there is none.</summary>
    public TValue FindOrAdd(TKey key, Func<TValue> make)
    {
        lock (_lock)
        {
            TValue? found = Find(key);
            if (found is null)
            {
                found = make();
                Set(key, found);
            }

            return found;
        }
    }

    /// <summary>Adds or replaces the value of a key.</summary>
    public void Set(TKey key, TValue value)
    {
        lock (_lock)
        {
            Drop(key);
            long bytes = bytesOf(value);
            _entries.Add(key, _order.AddLast((key, value, bytes)));
            _bytes += bytes;
            while (_bytes > maxBytes && _order.First is { } oldest)
            {
                Drop(oldest.Value.Key);
            }
        }
    }

    public void Remove(TKey key)
    {
        lock (_lock)
        {
            Drop(key);
        }
    }

    private void Drop(TKey key)
    {
        if (_entries.Remove(key, out LinkedListNode<(TKey Key, TValue Value, long Bytes)>? entry))
        {
            _order.Remove(entry);
            _bytes -= entry.Value.Bytes;
        }
    }
}
