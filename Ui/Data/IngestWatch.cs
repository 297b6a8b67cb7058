using TimeSeries.Core.Model.Ports;

namespace TimeSeries.Ui.Data;

/// <summary>
/// Looks at Ingest for all who have its view open: at most once a second a project, and only while somebody asks. Rates are of two looks. Thread safe.
/// </summary>
/// <param name="here">The Ingest of this process; none in a Query.</param>
/// <param name="clock">Tells how far two looks are apart.</param>
public sealed class IngestWatch(IEnumerable<IIngestHealth> here, TimeProvider clock)
{
    private static readonly TimeSpan _least = TimeSpan.FromSeconds(1);

    // What was seen before is no rate of now.
    private static readonly TimeSpan _most = TimeSpan.FromSeconds(30);

    private readonly IIngestHealth? _health = here.FirstOrDefault();

    // Guards _looks. There is one for each project that somebody looked at, and one for all together.
    private readonly Lock _lock = new();
    private readonly Dictionary<(long Pcode, bool IsNode), Look> _looks = [];

    /// <summary>Whether this process takes samples.</summary>
    public bool IsHere => _health is not null;

    /// <summary>What became of a project's samples, and how many there are a second.</summary>
    public IngestLook Count(long pcode) => LookAt((pcode, false));

    /// <summary>What became of all samples of the node. For those who may see other projects'.</summary>
    public IngestLook CountNode() => LookAt((0, true));

    /// <summary>How the node is. For those who may see what concerns other projects.</summary>
    public NodeHealth FindNode() => Health.FindNode();

    private IIngestHealth Health => _health ?? throw new InvalidOperationException("This process takes no samples.");

    private IngestLook LookAt((long Pcode, bool IsNode) subject)
    {
        lock (_lock)
        {
            Look? last = _looks.GetValueOrDefault(subject);
            TimeSpan age = last is null ? _most : clock.GetElapsedTime(last.At);
            if (last is not null && age < _least)
            {
                return last.Shown;
            }

            IngestCounts counts = Health.Count(subject.IsNode ? null : subject.Pcode);
            IngestLook shown = new(counts, age < _most ? last!.Shown.Counts : null, age);
            _looks[subject] = new Look(clock.GetTimestamp(), shown);
            return shown;
        }
    }

    private sealed record Look(long At, IngestLook Shown);
}

/// <summary>What was seen of Ingest. Immutable.</summary>
/// <param name="Counts">What became of samples.</param>
/// <param name="Before">The same at the look before; null when that was too long ago.</param>
/// <param name="Apart">How long ago that was.</param>
public sealed record IngestLook(IngestCounts Counts, IngestCounts? Before, TimeSpan Apart)
{
    /// <summary>How many a second a count grew; null when that is not known yet.</summary>
    public double? Rate(Func<IngestCounts, long> count) => Before is null ? null : (count(Counts) - count(Before)) / Apart.TotalSeconds;
}
