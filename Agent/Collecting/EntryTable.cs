using System.Diagnostics;
using System.Runtime.CompilerServices;
using TimeSeries.Agent.Delivery;

namespace TimeSeries.Agent.Collecting;

/// <summary>
/// What is known of the entries that are under way: the sums of their statements and calls, their request, and why they failed. Properties of an activity
/// would do, but each costs an allocation. Entries that never end are forgotten when their room is needed. Thread safe.
/// </summary>
internal sealed class EntryTable
{
    private const int ShardCount = 64;

    // Far more than a process has under way; what comes beyond has no sums.
    private const int MaxEntriesOfShard = 1_024;
    private const int FirstEntriesOfShard = 16;

    private readonly Shard[] _shards = new Shard[ShardCount];

    public EntryTable()
    {
        for (int i = 0; i < ShardCount; i++)
        {
            _shards[i] = new Shard();
        }
    }

    /// <summary>Remembers the request of an entry that begins.</summary>
    public void Begin(Activity entry, object request)
    {
        Shard shard = ShardOf(entry);
        lock (shard.Gate)
        {
            if (shard.FindOrAdd(entry) is >= 0 and int place)
            {
                shard.Entries[place].Request = request;
            }
        }
    }

    /// <summary>Adds a statement or a call to an entry.</summary>
    public void Add(Activity entry, SampleKind kind, TimeSpan elapsed)
    {
        Shard shard = ShardOf(entry);
        lock (shard.Gate)
        {
            if (shard.FindOrAdd(entry) is >= 0 and int place)
            {
                ref ChildSums sums = ref shard.Entries[place].Sums;
                if (kind == SampleKind.Sql)
                {
                    sums.SqlCount++;
                    sums.SqlTime += elapsed;
                }
                else
                {
                    sums.HttpcCount++;
                    sums.HttpcTime += elapsed;
                }
            }
        }
    }

    /// <summary>Remembers why an entry fails.</summary>
    public void Fail(Activity entry, Exception failure)
    {
        Shard shard = ShardOf(entry);
        lock (shard.Gate)
        {
            if (shard.FindOrAdd(entry) is >= 0 and int place)
            {
                shard.Entries[place].Failure = failure;
            }
        }
    }

    /// <summary>Reads the service of an entry from its request, which ends no earlier than this returns.</summary>
    /// <returns>Whether the entry has a request that is known.</returns>
    public bool TryReadService(Activity entry, HttpContextReader reader, ref QueuedSample sample)
    {
        Shard shard = ShardOf(entry);
        lock (shard.Gate)
        {
            if (shard.Find(entry) is >= 0 and int place && shard.Entries[place].Request is { } request)
            {
                (sample.Service, sample.ServiceForm) = reader.ServiceOf(request);
                return true;
            }

            return false;
        }
    }

    /// <summary>Forgets an entry that ends.</summary>
    public ChildSums End(Activity entry, out Exception? failure)
    {
        Shard shard = ShardOf(entry);
        lock (shard.Gate)
        {
            int place = shard.Find(entry);
            if (place < 0)
            {
                failure = null;
                return default;
            }

            failure = shard.Entries[place].Failure;
            ChildSums sums = shard.Entries[place].Sums;
            shard.Remove(place);
            return sums;
        }
    }

    private Shard ShardOf(Activity entry) => _shards[(uint)RuntimeHelpers.GetHashCode(entry) % ShardCount];

    private struct Entry
    {
        public Activity Activity;
        public object? Request;
        public Exception? Failure;
        public ChildSums Sums;
    }

    // A few entries are found sooner by looking at each than by hashing.
    private sealed class Shard
    {
        private int _count;

        // Guards what is in the shard.
        public Lock Gate { get; } = new();

        public Entry[] Entries { get; private set; } = new Entry[FirstEntriesOfShard];

        public int Find(Activity entry)
        {
            for (int i = 0; i < _count; i++)
            {
                if (ReferenceEquals(Entries[i].Activity, entry))
                {
                    return i;
                }
            }

            return -1;
        }

        public int FindOrAdd(Activity entry)
        {
            int place = Find(entry);
            if (place >= 0)
            {
                return place;
            }

            if (_count == Entries.Length)
            {
                MakeRoom();
            }

            if (_count == Entries.Length)
            {
                return -1;
            }

            Entries[_count].Activity = entry;
            return _count++;
        }

        public void Remove(int place)
        {
            Entries[place] = Entries[--_count];
            Entries[_count] = default;
        }

        private void MakeRoom()
        {
            for (int i = _count - 1; i >= 0; i--)
            {
                if (Entries[i].Activity.IsStopped)
                {
                    Remove(i);
                }
            }

            if (_count == Entries.Length && _count < MaxEntriesOfShard)
            {
                Entry[] more = new Entry[_count * 2];
                Entries.CopyTo(more, 0);
                Entries = more;
            }
        }
    }
}
