using System.Diagnostics.CodeAnalysis;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Storage.Embedded.Compaction;

/// <summary>
/// A merge lets requests go first and rests besides, since what wakes up beside it may have to wait even so; the less it rests the more blocks wait to be
/// merged, and not at all when merges are far behind.
/// </summary>
internal sealed class CompactionThrottle : CooperativeYield
{
    // Of about a tenth of a millisecond each, while few blocks wait: with a rest of a little over a millisecond a merge has a processor for a quarter of the
    // time.
    private const int FewestSteps = 4;

    // So many times they double until merges are far behind.
    private const int Doublings = 8;

    private int _stepsToRest = FewestSteps;

    /// <summary>How many blocks wait to be merged: 1 is too many.</summary>
    public double Backlog { get; set; }

    protected override bool IsUrgent() => Backlog >= 1;

    [SuppressMessage("ApiDesign", "RS0030", Justification = "A thread of its own rests; nothing is decided by how long.")]
    protected override void Resume()
    {
        if (--_stepsToRest == 0)
        {
            Thread.Sleep(1);
            _stepsToRest = FewestSteps << (int)(Backlog * Doublings);
        }
    }
}
