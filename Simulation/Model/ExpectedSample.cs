using System.Globalization;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Simulation.Model;

/// <summary>A sample that was pushed, and how often it may be there. Its number is in a text of its own, by which it is found again.</summary>
internal sealed class ExpectedSample(int number, Kind kind, long pcode, long time, string name, long value, string? id = null)
{
    private readonly List<ExpectedBatch> _batches = [];
    private readonly List<long> _former = [];
    private readonly List<long> _observed = [];

    /// <summary>Its number among all samples of the run.</summary>
    public int Number => number;

    public Kind Kind => kind;

    public long Pcode => pcode;

    public long Time { get; private set; } = time;

    /// <summary>Its service, class or source, by which it is grouped.</summary>
    public string Name => name;

    /// <summary>Its elapsed time or sequence of a snapshot; of an alert 0.</summary>
    public long Value => value;

    /// <summary>The text that nobody else has: of a transaction or exception its txid, of an alert its id.</summary>
    public string Id => id ?? (kind == Kind.Alert ? new Guid(number, 0, 0, new byte[8]).ToString("D") : IdOf(number));

    /// <summary>Whether a rule raised it.</summary>
    public bool IsRaised => id is not null;

    /// <summary>How many copies the last look saw; −1 when it could not look.</summary>
    public int Observed { get; set; } = -1;

    /// <summary>How many copies were seen: so many stay.</summary>
    public int Seen { get; set; }

    /// <summary>At least so many copies are there.</summary>
    public int Least => Math.Max(Seen, kind == Kind.Alert ? _batches.Max(batch => Math.Min(1, batch.Acknowledged)) : _batches[0].Acknowledged);

    /// <summary>
    /// At most so many copies are there. An alert is there once, however often it is pushed, unless the block that has it could not be read meanwhile.
    /// </summary>
    public int MostBeside(bool unreadableBlocks) => kind == Kind.Alert && !unreadableBlocks
        ? _batches.Max(batch => Math.Min(1, batch.Acknowledged + batch.Doubtful))
        : _batches.Sum(batch => batch.Acknowledged + batch.Doubtful);

    /// <summary>A rule has raised it at another time, since what was raised first never came to be, or is hidden by damage.</summary>
    public void MoveTo(long other)
    {
        _former.Add(Time);
        Time = other;
    }

    /// <summary>Whether a copy may have a time. What damage hid, and was raised again, may come back.</summary>
    public bool MayBeAt(long at, bool besideDamage) => at == Time || (besideDamage && _former.Contains(at));

    /// <summary>A look begins that can see it.</summary>
    public void BeginLook()
    {
        Observed = 0;
        _observed.Clear();
    }

    /// <summary>The look saw a copy.</summary>
    public void Observe(long at)
    {
        Observed++;
        _observed.Add(at);
    }

    /// <summary>How many copies the last look saw that have a time in the range.</summary>
    public int ObservedIn(TimeRange range) => _observed.Count(range.Contains);

    /// <summary>A batch that it is in; an alert may be in several.</summary>
    public void AddTo(ExpectedBatch batch) => _batches.Add(batch);

    /// <summary>
    /// Whether one of its batches ends at a position for which something holds, or at one that nobody was told.
    /// </summary>
    public bool IsIn(Predicate<long> holds) =>
        _batches.Exists(batch => batch.Acknowledged == 0 || batch.IsAt(kind == Kind.Alert ? 1 : Math.Max(Seen, batch.Acknowledged), holds));

    /// <summary>Damage took it, and was told. It may come back when what could not be read can.</summary>
    public void Lose()
    {
        Seen = 0;
        foreach (ExpectedBatch batch in _batches)
        {
            batch.Lose(Observed);
        }
    }

    /// <summary>The number in an id, or −1.</summary>
    public static int ParseId(ReadOnlySpan<byte> id) =>
        id.Length >= 8 && int.TryParse(id[..8], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int number) ? number : -1;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"sample {number} ({kind} of {pcode}, {name}, time {Time}, batch {string.Join('+', _batches.Select(b => b.Number))})");

    private static string IdOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{number:x8}{number * 2_654_435_761L:x16}");
}
