using System.Runtime.InteropServices;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Storage.Influx.Alerts;

/// <summary>
/// The ids of the alerts that were read, each with the places of its alerts: about 45 bytes an alert. An alert that is taken again changes nothing, so what was
/// read may be read again. Not thread safe.
/// </summary>
internal sealed class StoredAlertIds
{
    /// <summary>Most memory that an alert takes: its entry, and its share of a table that is half empty.</summary>
    public const long BytesPerAlert = EntryBytes + 2 * sizeof(int);

    private const int EntryBytes = 40;

    // Pages, so that growing copies no entries; the first few are of projects with few alerts.
    private const int PageBits = 12;
    private const int PageLength = 1 << PageBits;
    private const int FirstHeads = 1_024;
    private const long DayMilliseconds = 86_400_000;

    private readonly List<Entry[]> _pages = [];
    private readonly List<ulong> _nodes = [];
    private readonly Dictionary<ulong, int> _nodeCodes = [];
    private readonly Dictionary<long, long> _days = [];
    private readonly HashSet<UInt128> _repeated = [];

    // By hash of the id: the latest entry and one, 0 for none.
    private int[] _heads = new int[FirstHeads];

    public int Count { get; private set; }

    /// <summary>Memory held by entries and table.</summary>
    public long AllocatedBytes => ((long)_pages.Count * PageLength * EntryBytes) + ((long)_heads.Length * sizeof(int));

    /// <summary>The day, as the start of it in ms, that a time lies in.</summary>
    public static long DayOf(long milliseconds) => milliseconds - (((milliseconds % DayMilliseconds) + DayMilliseconds) % DayMilliseconds);

    /// <summary>How many alerts of a day were taken.</summary>
    public long CountOf(long day) => _days.GetValueOrDefault(day);

    /// <summary>Days of alerts that were taken, in any order.</summary>
    public IEnumerable<long> Days => _days.Keys;

    /// <summary>Takes an alert.</summary>
    public void Take(UInt128 id, SampleId alert)
    {
        bool isRepeat = false;
        for (int at = HeadOf(id); at > 0; at = At(at).Next)
        {
            ref Entry entry = ref At(at);
            if (entry.Id != id)
            {
                continue;
            }

            if (PlaceOf(entry) == alert)
            {
                return;
            }

            isRepeat = true;
        }

        Add(id, alert);
        if (isRepeat)
        {
            _repeated.Add(id);
        }
    }

    /// <summary>Those of the alerts from a time on that have the id of an earlier one among them.</summary>
    public void FindRepeats(long from, RepeatedAlerts repeats)
    {
        foreach (UInt128 id in _repeated)
        {
            SampleId? earliest = null;
            for (int at = HeadOf(id); at > 0; at = At(at).Next)
            {
                ref Entry entry = ref At(at);
                if (entry.Id == id && entry.Time >= from)
                {
                    earliest = repeats.AddLater(earliest, PlaceOf(entry));
                }
            }
        }
    }

    private void Add(UInt128 id, SampleId alert)
    {
        if (Count == _heads.Length)
        {
            Rehash(Count * 2);
        }

        if (Count == _pages.Count * PageLength)
        {
            _pages.Add(new Entry[PageLength]);
        }

        if (!_nodeCodes.TryGetValue(alert.Node, out int node))
        {
            node = _nodes.Count;
            _nodes.Add(alert.Node);
            _nodeCodes.Add(alert.Node, node);
        }

        Count++;
        ref Entry entry = ref At(Count);
        entry = new Entry { Upper = (ulong)(id >> 64), Lower = (ulong)id, Time = alert.Time, Number = alert.Number, Node = node };
        Link(Count);
        CollectionsMarshal.GetValueRefOrAddDefault(_days, DayOf(alert.Time), out _)++;
    }

    private void Rehash(int length)
    {
        _heads = new int[length];
        for (int at = 1; at <= Count; at++)
        {
            Link(at);
        }
    }

    private void Link(int at)
    {
        ref Entry entry = ref At(at);
        ref int head = ref HeadOf(entry.Id);
        entry.Next = head;
        head = at;
    }

    // The hash code of the number is seeded by the process, so no sender can make ids that meet in one place.
    private ref int HeadOf(UInt128 id) => ref _heads[HashCode.Combine((ulong)(id >> 64), (ulong)id) & (_heads.Length - 1)];

    private ref Entry At(int at) => ref _pages[(at - 1) >> PageBits][(at - 1) & (PageLength - 1)];

    private SampleId PlaceOf(in Entry entry) => new(entry.Time, _nodes[entry.Node], entry.Number);

    /// <summary>An alert; its id in halves, since a whole one would be aligned to 16 bytes.</summary>
    private record struct Entry
    {
        public ulong Upper;
        public ulong Lower;
        public long Time;
        public long Number;
        public int Node;
        public int Next;

        public readonly UInt128 Id => new(Upper, Lower);
    }
}
