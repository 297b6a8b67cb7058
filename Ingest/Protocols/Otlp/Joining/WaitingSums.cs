using System.Buffers.Binary;

namespace TimeSeries.Ingest.Protocols.Otlp.Joining;

/// <summary>
/// The SQL and HTTP calls of spans that came before their transaction: exporters send in the order of ending, so children are often in an earlier request.
/// In memory only, and bounded: what waits longest goes first. Thread safe: one short lock for each of the shards, which traces are spread over.
/// </summary>
/// <param name="maxEntries">Most spans whose calls wait.</param>
/// <param name="window">How long they wait after the last call.</param>
/// <param name="clock">The time.</param>
internal sealed class WaitingSums(int maxEntries, TimeSpan window, TimeProvider clock)
{
    private const int ShardCount = 16;

    private readonly Shard[] _shards = [.. Enumerable.Range(0, ShardCount).Select(_ => new Shard(Math.Max(1, maxEntries / ShardCount)))];
    private readonly long _windowTicks = (long)(window.TotalSeconds * clock.TimestampFrequency);

    /// <summary>How many spans have calls that wait.</summary>
    public int Count => _shards.Sum(shard => shard.Count);

    /// <summary>How many calls were forgotten, since their transaction did not come in time.</summary>
    public long Expired => _shards.Sum(shard => shard.Expired);

    /// <summary>How many calls were forgotten, since too many waited.</summary>
    public long Evicted => _shards.Sum(shard => shard.Evicted);

    /// <summary>Takes the calls that wait for a span.</summary>
    public bool TryTake(in SpanKey key, out CallSums sums)
    {
        Shard shard = ShardOf(key);
        if (shard.Count == 0)
        {
            sums = default;
            return false;
        }

        lock (shard)
        {
            shard.DropOld(clock.GetTimestamp() - _windowTicks);
            return shard.TryRemove(key, out sums);
        }
    }

    /// <summary>Adds calls to those that wait for a span.</summary>
    public void Add(in SpanKey key, in CallSums sums)
    {
        Shard shard = ShardOf(key);
        long now = clock.GetTimestamp();
        lock (shard)
        {
            shard.DropOld(now - _windowTicks);
            shard.Add(key, sums, now);
        }
    }

    /// <summary>Forgets the calls that have waited long enough.</summary>
    public void DropOld()
    {
        long oldest = clock.GetTimestamp() - _windowTicks;
        foreach (Shard shard in _shards)
        {
            lock (shard)
            {
                shard.DropOld(oldest);
            }
        }
    }

    private Shard ShardOf(in SpanKey key) => _shards[(int)(HashCode.Combine(key.TraceHigh, key.TraceLow) & (ShardCount - 1))];

    /// <summary>A table with chains in arrays, and a list of its entries from the one that waits longest.</summary>
    private sealed class Shard(int maxEntries)
    {
        private const int None = -1;
        private const int FirstSize = 64;

        private Entry[] _entries = [];
        private int[] _buckets = [];
        private int _used;
        private int _free = None;
        private int _oldest = None;
        private int _newest = None;

        public int Count { get; private set; }

        public long Expired { get; private set; }

        public long Evicted { get; private set; }

        public bool TryRemove(in SpanKey key, out CallSums sums)
        {
            int found = Find(key);
            sums = found == None ? default : _entries[found].Sums;
            if (found != None)
            {
                Remove(found);
            }

            return found != None;
        }

        public void Add(in SpanKey key, in CallSums sums, long now)
        {
            int found = Find(key);
            if (found != None)
            {
                Unlink(found);
                _entries[found].Sums += sums;
            }
            else
            {
                found = Insert(key, sums);
            }

            _entries[found].Changed = now;
            Append(found);
        }

        public void DropOld(long oldest)
        {
            while (_oldest != None && _entries[_oldest].Changed < oldest)
            {
                Expired += _entries[_oldest].Sums.Calls;
                Remove(_oldest);
            }
        }

        private int Insert(in SpanKey key, in CallSums sums)
        {
            if (Count == maxEntries)
            {
                Evicted += _entries[_oldest].Sums.Calls;
                Remove(_oldest);
            }

            int at = _free;
            if (at != None)
            {
                _free = _entries[at].Next;
            }
            else
            {
                Reserve();
                at = _used++;
            }

            ref int bucket = ref _buckets[key.GetHashCode() & (_buckets.Length - 1)];
            _entries[at] = new Entry { Key = key, Sums = sums, Next = bucket - 1 };
            bucket = at + 1;
            Count++;
            return at;
        }

        private int Find(in SpanKey key)
        {
            if (_buckets.Length == 0)
            {
                return None;
            }

            int at = _buckets[key.GetHashCode() & (_buckets.Length - 1)] - 1;
            while (at != None && _entries[at].Key != key)
            {
                at = _entries[at].Next;
            }

            return at;
        }

        private void Remove(int at)
        {
            ref int link = ref _buckets[_entries[at].Key.GetHashCode() & (_buckets.Length - 1)];
            if (link - 1 == at)
            {
                link = _entries[at].Next + 1;
            }
            else
            {
                int before = link - 1;
                while (_entries[before].Next != at)
                {
                    before = _entries[before].Next;
                }

                _entries[before].Next = _entries[at].Next;
            }

            Unlink(at);
            _entries[at].Next = _free;
            _free = at;
            Count--;
        }

        private void Append(int at)
        {
            (_entries[at].Older, _entries[at].Newer) = (_newest, None);
            if (_newest == None)
            {
                _oldest = at;
            }
            else
            {
                _entries[_newest].Newer = at;
            }

            _newest = at;
        }

        private void Unlink(int at)
        {
            (int older, int newer) = (_entries[at].Older, _entries[at].Newer);
            if (older == None)
            {
                _oldest = newer;
            }
            else
            {
                _entries[older].Newer = newer;
            }

            if (newer == None)
            {
                _newest = older;
            }
            else
            {
                _entries[newer].Older = older;
            }
        }

        private void Reserve()
        {
            if (_used < _entries.Length)
            {
                return;
            }

            Array.Resize(ref _entries, Math.Clamp(_entries.Length * 2, FirstSize, Math.Max(FirstSize, maxEntries)));
            _buckets = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)_entries.Length)];
            for (int i = 0; i < _used; i++)
            {
                ref int bucket = ref _buckets[_entries[i].Key.GetHashCode() & (_buckets.Length - 1)];
                _entries[i].Next = bucket - 1;
                bucket = i + 1;
            }
        }

        private struct Entry
        {
            public SpanKey Key;
            public CallSums Sums;
            public long Changed;
            public int Next;
            public int Older;
            public int Newer;
        }
    }
}

/// <summary>A span of an agent of a project.</summary>
/// <param name="Pcode">The project.</param>
/// <param name="Oid">The agent.</param>
/// <param name="TraceHigh">The trace's id, first half.</param>
/// <param name="TraceLow">The trace's id, second half.</param>
/// <param name="Span">The span's id.</param>
internal readonly record struct SpanKey(long Pcode, int Oid, ulong TraceHigh, ulong TraceLow, ulong Span)
{
    /// <summary>The key of ids as they stand in a request: 16 and 8 bytes.</summary>
    public static SpanKey Of(long pcode, int oid, ReadOnlySpan<byte> trace, ReadOnlySpan<byte> span) => new(
        pcode, oid, BinaryPrimitives.ReadUInt64LittleEndian(trace), BinaryPrimitives.ReadUInt64LittleEndian(trace[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(span));

    // With the process's own seed: senders choose the ids, and must not be able to lead many to one bucket.
    public override int GetHashCode() => HashCode.Combine(Pcode, Oid, TraceHigh, TraceLow, Span);
}

/// <summary>How many SQL and HTTP calls there were, and how long they took in µs.</summary>
internal readonly record struct CallSums(int SqlCount, int HttpCount, long SqlTime, long HttpTime)
{
    /// <summary>How many calls there are.</summary>
    public long Calls => (long)SqlCount + HttpCount;

    public static CallSums operator +(CallSums one, CallSums other) => new(
        one.SqlCount + other.SqlCount, one.HttpCount + other.HttpCount, one.SqlTime + other.SqlTime, one.HttpTime + other.HttpTime);
}
