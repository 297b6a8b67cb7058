using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Storage.Influx.Reading;

/// <summary>The samples of the last minutes that were seen already. Not thread safe.</summary>
internal sealed class SeenPoints
{
    /// <summary>Most samples that are remembered, some megabytes. Where there are more, the earliest are forgotten, and their times not read again.</summary>
    public const int MostSamples = 100_000;

    private readonly HashSet<SampleId> _kept = [];
    private readonly List<SampleId> _new = [];

    /// <summary>Earlier samples are forgotten.</summary>
    public long Earliest { get; private set; } = long.MinValue;

    /// <summary>Whether a sample is new; it is marked then.</summary>
    public bool Add(SampleId sample)
    {
        bool isNew = sample.Time >= Earliest && !_kept.Contains(sample);
        if (isNew)
        {
            _new.Add(sample);
        }

        return isNew;
    }

    /// <summary>Begins a pass. What was marked by one that failed is new again.</summary>
    public void Begin() => _new.Clear();

    /// <summary>Ends a pass: what it marked was seen.</summary>
    public void Keep()
    {
        _kept.UnionWith(_new);
        _new.Clear();
        if (_kept.Count > MostSamples)
        {
            long[] times = [.. _kept.Select(sample => sample.Time)];
            Array.Sort(times);
            Forget(times[^(MostSamples / 2)] + 1);
        }
    }

    /// <summary>Forgets the samples before a time.</summary>
    public void Forget(long before)
    {
        if (before > Earliest)
        {
            Earliest = before;
            _kept.RemoveWhere(sample => sample.Time < before);
        }
    }
}
