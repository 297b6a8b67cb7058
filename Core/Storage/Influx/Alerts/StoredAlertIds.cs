using System.Runtime.InteropServices;
using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Storage.Influx.Alerts;

/// <summary>The ids of the alerts that were read, each with the positions of its alerts. Taking an alert again changes nothing. Not thread safe.</summary>
internal sealed class StoredAlertIds
{
    /// <summary>Most memory for an alert: its entry, and its share of the room for more.</summary>
    public const long BytesPerAlert = EntryBytes * 5 / 4;

    // An entry of the dictionary and its bucket.
    private const long EntryBytes = 52;

    // An entry of a set, with its share of the set and of the dictionary of sets.
    private const long RepeatBytes = 200;

    private const int FirstCapacity = 1_024;

    private readonly Dictionary<AlertId, SampleId> _alerts = [];

    // The further alerts of an id.
    private readonly Dictionary<AlertId, HashSet<SampleId>> _repeats = [];
    private readonly Dictionary<long, long> _days = [];

    /// <summary>How many alerts were taken.</summary>
    public int Count { get; private set; }

    /// <summary>Memory held.</summary>
    public long AllocatedBytes => (_alerts.Capacity * EntryBytes) + ((Count - _alerts.Count) * RepeatBytes);

    /// <summary>Days with alerts that were taken, in any order.</summary>
    public IEnumerable<long> Days => _days.Keys;

    /// <summary>The start in ms of the day that a time lies in.</summary>
    public static long DayOf(long milliseconds) => WindowKeyColumn.StartOf(milliseconds, AlertIdScan.DayMilliseconds);

    /// <summary>How many alerts of a day were taken.</summary>
    public long CountOf(long day) => _days.GetValueOrDefault(day);

    /// <summary>Takes an alert.</summary>
    public void Take(UInt128 id, SampleId alert)
    {
        // A step of a quarter: the dictionary itself would double.
        if (_alerts.Count == _alerts.Capacity)
        {
            _alerts.EnsureCapacity(Math.Max(FirstCapacity, _alerts.Count + (_alerts.Count / 4)));
        }

        AlertId key = new((ulong)(id >> 64), (ulong)id);
        ref SampleId first = ref CollectionsMarshal.GetValueRefOrAddDefault(_alerts, key, out bool isRepeat);
        if (!isRepeat)
        {
            first = alert;
        }
        else if (first == alert || !(CollectionsMarshal.GetValueRefOrAddDefault(_repeats, key, out _) ??= []).Add(alert))
        {
            return;
        }

        Count++;
        CollectionsMarshal.GetValueRefOrAddDefault(_days, DayOf(alert.Time), out _)++;
    }

    /// <summary>Adds the alerts from a time on that have the id of an earlier one among them.</summary>
    public void FindRepeats(long from, RepeatedAlerts repeats)
    {
        foreach ((AlertId id, HashSet<SampleId> others) in _repeats)
        {
            IEnumerable<SampleId> alerts = others.Append(_alerts[id]).Where(alert => alert.Time >= from);
            foreach (SampleId later in alerts.OrderBy(alert => (alert.Time, alert.Node, alert.Number)).Skip(1))
            {
                repeats.Add(later);
            }
        }
    }

    /// <summary>An id, whose hash is seeded by the process: no sender can choose ids that collide.</summary>
    private readonly record struct AlertId(ulong Upper, ulong Lower)
    {
        public override int GetHashCode() => (int)SymbolHash.Of(MemoryMarshal.AsBytes(new ReadOnlySpan<AlertId>(in this)));
    }
}
