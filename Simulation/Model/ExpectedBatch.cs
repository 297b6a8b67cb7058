using System.Collections.Immutable;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Simulation.Model;

/// <summary>A batch that was pushed once or more often, and how many copies of it there may be, by what its pushes were told.</summary>
internal sealed class ExpectedBatch(int number, long pcode, IdempotencyKey? key, ImmutableArray<ExpectedSample> samples)
{
    // What the clock has shown since the first push, in ms.
    private long _least = long.MaxValue;
    private long _greatest = long.MinValue;

    // Pushes of this process whose response leaves it open whether they are taken, and that added no doubt.
    private int _open;

    // Where copies end in the WAL that were acknowledged.
    private readonly List<long> _ends = [];

    public int Number => number;

    public long Pcode => pcode;

    public IdempotencyKey? Key => key;

    public ImmutableArray<ExpectedSample> Samples => samples;

    /// <summary>So many copies were acknowledged.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>So many more may be there: pushes that have no response, or one that leaves it open.</summary>
    public int Doubtful { get; private set; }

    /// <summary>
    /// Whether one of its copies ends at a position of the WAL for which something holds. Of copies that were only seen nobody was told where they are.
    /// </summary>
    /// <param name="copies">How many there are.</param>
    /// <param name="holds">What is looked for.</param>
    public bool IsAt(int copies, Predicate<long> holds) => _ends.Count < copies || _ends.Exists(holds);

    /// <summary>Pushes without a response whose process lives.</summary>
    public List<PushAttempt> Pending { get; } = [];

    /// <summary>Its key may be forgotten: its window may be over, or the files that had it were damaged.</summary>
    public bool MayBeForgotten { get; private set; }

    /// <summary>Notes what the clock shows after a step, and whether keys may be forgotten for another reason.</summary>
    public void NoteTime(long milliseconds, TimeSpan window, bool forgetsKeys)
    {
        (_least, _greatest) = (Math.Min(_least, milliseconds), Math.Max(_greatest, milliseconds));
        if (!MayBeForgotten && (forgetsKeys || _greatest - _least > window.TotalMilliseconds))
        {
            // What is on its way may be taken as new from now on.
            MayBeForgotten = true;
            Doubtful += _open;
            foreach (PushAttempt attempt in Pending.Where(attempt => !attempt.AddsDoubt))
            {
                attempt.AddsDoubt = true;
                Doubtful++;
            }
        }
    }

    /// <summary>A push begins.</summary>
    public void Begin(PushAttempt attempt)
    {
        attempt.AddsDoubt = key is null || Acknowledged + Doubtful == 0 || MayBeForgotten;
        Doubtful += attempt.AddsDoubt ? 1 : 0;
        Pending.Add(attempt);
    }

    /// <summary>A push has its response. Returns what is wrong with it, or null.</summary>
    public string? End(PushAttempt attempt, CommitResult result)
    {
        Pending.Remove(attempt);
        bool isTaken = result.Outcome is CommitOutcome.Stored or CommitOutcome.Resent;
        if (isTaken && result.Counts.Accepted + result.Counts.Duplicates != samples.Length)
        {
            return $"batch {number} has {samples.Length} samples, and its response says {result.Counts}";
        }

        switch (result.Outcome)
        {
            case CommitOutcome.Stored:
                if (Acknowledged > 0 && !MayBeForgotten)
                {
                    return $"batch {number} was acknowledged before, and is taken again";
                }

                Acknowledged++;
                Doubtful = Math.Max(0, Doubtful - 1);
                _ends.Add(result.Position.Offset);
                return null;
            case CommitOutcome.Resent:
                Doubtful -= attempt.AddsDoubt && Acknowledged > 0 ? 1 : 0;
                if (Acknowledged == 0)
                {
                    (Acknowledged, Doubtful) = (1, Math.Max(0, Doubtful - 1));
                    _ends.Add(result.Position.Offset);
                }

                return null;
            case CommitOutcome.LogFull or CommitOutcome.DiskFull or CommitOutcome.OverQuota:
                TakeBack(attempt);
                return null;
            case CommitOutcome.LogUnavailable or CommitOutcome.Stopping or CommitOutcome.Delayed:
                _open += attempt.AddsDoubt ? 0 : 1;
                return null;
            default:
                return $"batch {number} ended as {result.Outcome}";
        }
    }

    /// <summary>The process has ended: nobody hears of its pushes.</summary>
    public void Abandon()
    {
        Pending.Clear();
        _open = 0;
    }

    /// <summary>After a start nothing is left open: so many copies are there, and no more come.</summary>
    public void Settle(int copies) => (Acknowledged, Doubtful) = (copies, 0);

    /// <summary>Copies are lost by damage that was told; they may come back when what could not be read can.</summary>
    public void Lose(int copies) => (Acknowledged, Doubtful) = (copies, Doubtful + Math.Max(0, Acknowledged - copies));

    // One that repeats it, and came later, is now the first.
    private void TakeBack(PushAttempt attempt)
    {
        if (!attempt.AddsDoubt)
        {
            return;
        }

        if (Pending.Find(other => !other.AddsDoubt) is { } next && Acknowledged == 0)
        {
            next.AddsDoubt = true;
        }
        else
        {
            Doubtful--;
        }
    }
}

/// <summary>One push of a batch.</summary>
internal sealed class PushAttempt(ExpectedBatch batch, Task<CommitResult> response)
{
    public ExpectedBatch Batch => batch;

    public Task<CommitResult> Response => response;

    /// <summary>Whether the batch may have one copy more by this push.</summary>
    public bool AddsDoubt { get; set; }
}
