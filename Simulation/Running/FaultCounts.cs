using TimeSeries.Simulation.Plans;

namespace TimeSeries.Simulation.Running;

/// <summary>How many steps and faults of each kind there were.</summary>
internal sealed class FaultCounts
{
    private readonly long[] _steps = new long[Enum.GetValues<StepKind>().Length];
    private readonly long[] _faults = new long[Enum.GetValues<FaultKind>().Length];

    public long this[StepKind kind] => _steps[(int)kind];

    public long this[FaultKind kind] => _faults[(int)kind];

    /// <summary>Looks at all results after steps.</summary>
    public long Looks { get; set; }

    /// <summary>Looks that a damaged or unreadable file kept from some of the results, and said so.</summary>
    public long ToldLooks { get; set; }

    /// <summary>Runs that ended with a start that a damaged file refused, by name.</summary>
    public long RefusedStarts { get; set; }

    /// <summary>Batches that lost samples to damage, which was told.</summary>
    public long LostBatches { get; set; }

    public void Count(StepKind kind) => _steps[(int)kind]++;

    public void Count(FaultKind kind) => _faults[(int)kind]++;

    public void Add(FaultCounts other)
    {
        for (int i = 0; i < _steps.Length; i++)
        {
            _steps[i] += other._steps[i];
        }

        for (int i = 0; i < _faults.Length; i++)
        {
            _faults[i] += other._faults[i];
        }

        (Looks, ToldLooks) = (Looks + other.Looks, ToldLooks + other.ToldLooks);
        (RefusedStarts, LostBatches) = (RefusedStarts + other.RefusedStarts, LostBatches + other.LostBatches);
    }
}
