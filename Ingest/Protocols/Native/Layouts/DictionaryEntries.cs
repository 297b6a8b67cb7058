using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Ingest.Protocols.Native.Layouts;

/// <summary>The entries of one dictionary on the wire: what an index to each of them means. Used again for each. Not thread safe.</summary>
internal sealed class DictionaryEntries
{
    // An entry is a code of the column, or Missing, or -2 - reason; what was cut is marked besides.
    private const int FirstRejected = -2;

    private readonly HashSet<int> _cut = [];

    // What the first rejected entries were, as responses show it.
    private readonly Dictionary<int, string> _values = [];
    private int[] _entries = [];

    public int Count { get; private set; }

    /// <summary>Whether each entry is a text as it was sent, or missing.</summary>
    public bool Plain { get; private set; } = true;

    public ReadOnlySpan<int> Entries => _entries.AsSpan(0, Count);

    public void Clear()
    {
        Count = 0;
        Plain = true;
        _cut.Clear();
        _values.Clear();
    }

    /// <summary>Whether one more value is kept to be shown: no more than a response lists.</summary>
    public bool ShowsMore => _values.Count < RejectedSamples.MostListed;

    public void Add(int code, ValueOutcome outcome, RejectReason reason, string? value)
    {
        if (outcome == ValueOutcome.Rejected && value is not null)
        {
            _values[Count] = value;
        }

        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(64, Count * 2));
        }

        if (outcome == ValueOutcome.Cut)
        {
            _cut.Add(Count);
        }

        Plain &= outcome == ValueOutcome.Kept;
        _entries[Count++] = outcome == ValueOutcome.Rejected ? FirstRejected - (int)reason : code;
    }

    /// <summary>What an index means: its code (or <see cref="TextColumn.Missing"/>) and what becomes of a sample that has it.</summary>
    public ValueOutcome Resolve(long index, out int code, out RejectReason reason, out string? value)
    {
        code = TextColumn.Missing;
        value = null;
        reason = RejectReason.BadIndex;
        if ((ulong)index >= (ulong)Count)
        {
            return ValueOutcome.Rejected;
        }

        int entry = _entries[index];
        if (entry <= FirstRejected)
        {
            reason = (RejectReason)(FirstRejected - entry);
            value = _values.GetValueOrDefault((int)index);
            return ValueOutcome.Rejected;
        }

        code = entry;
        return !Plain && _cut.Contains((int)index) ? ValueOutcome.Cut : ValueOutcome.Kept;
    }
}

/// <summary>What the map of a coded column has.</summary>
[Flags]
internal enum CodedParts : byte
{
    None = 0,
    Dictionary = 1,
    Index = 2,
    Packed = 4,

    /// <summary>Something that no coded column has.</summary>
    Strange = 8,
}
