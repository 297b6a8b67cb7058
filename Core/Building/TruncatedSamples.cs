using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Building;

/// <summary>The samples of one batch that had a text cut to its limit, by kind and index on the wire.</summary>
internal sealed class TruncatedSamples
{
    private readonly HashSet<int>[] _rows = [.. SampleSchema.All.Select(_ => new HashSet<int>())];

    public void Add(Kind kind, int row) => _rows[(int)kind].Add(row);

    /// <summary>How many of a kind's cut samples are kept.</summary>
    public int CountKept(Kind kind, RejectedSamples rejected)
    {
        int kept = 0;
        foreach (int row in _rows[(int)kind])
        {
            kept += rejected.Contains(kind, row) ? 0 : 1;
        }

        return kept;
    }

    public void Clear(Kind kind) => _rows[(int)kind].Clear();

    public void Clear()
    {
        foreach (HashSet<int> rows in _rows)
        {
            rows.Clear();
        }
    }
}
