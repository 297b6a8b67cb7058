using System.Diagnostics.Metrics;

namespace TimeSeries.Ingest.Protocols.Lines;

/// <summary>What became of lines that are no samples. Thread safe.</summary>
internal sealed class LinesInstruments : IDisposable
{
    // Measurements that have a series of their own; whoever sends more can't fill the memory.
    private const int MaxSeries = 100;
    private const string Others = "(others)";

    private readonly Meter _meter;
    private readonly Counter<long> _unmapped;
    private readonly Counter<long> _bad;
    private readonly Lock _lock = new();
    private readonly Dictionary<long, LineCounts> _byProject = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public LinesInstruments(IMeterFactory? meters = null)
    {
        _meter = meters?.Create(IngestInstruments.MeterName) ?? new Meter(IngestInstruments.MeterName);
        _unmapped = _meter.CreateCounter<long>("timeseries.lines.unmapped", "{line}", "Lines of measurements that are no kind, by measurement.");
        _bad = _meter.CreateCounter<long>("timeseries.lines.malformed", "{line}", "Lines that could not be parsed.");
    }

    /// <summary>Makes the series that are there before the first line.</summary>
    public void Begin()
    {
        _unmapped.Add(0, new KeyValuePair<string, object?>("measurement", Others));
        _bad.Add(0);
    }

    /// <summary>Counts the lines of one write.</summary>
    public void Count(long pcode, IReadOnlyDictionary<string, int> unmapped, int bad)
    {
        if (unmapped.Count == 0 && bad == 0)
        {
            return;
        }

        _bad.Add(bad);
        long total = 0;
        foreach ((string measurement, int lines) in unmapped)
        {
            total += lines;
            _unmapped.Add(lines, new KeyValuePair<string, object?>("measurement", SeriesOf(measurement)));
        }

        lock (_lock)
        {
            LineCounts counts = _byProject.GetValueOrDefault(pcode);
            _byProject[pcode] = new LineCounts(counts.Malformed + bad, counts.Unmapped + total);
        }
    }

    /// <summary>The lines of a project, or of all where there is none, that are no sample.</summary>
    public LineCounts Count(long? pcode)
    {
        lock (_lock)
        {
            return pcode is { } project ? _byProject.GetValueOrDefault(project)
                : new LineCounts(_byProject.Values.Sum(counts => counts.Malformed), _byProject.Values.Sum(counts => counts.Unmapped));
        }
    }

    public void Dispose() => _meter.Dispose();

    private string SeriesOf(string measurement)
    {
        lock (_lock)
        {
            return _known.Contains(measurement) || (_known.Count < MaxSeries && _known.Add(measurement)) ? measurement : Others;
        }
    }
}

/// <summary>Lines that are no sample: those that could not be parsed, and those whose measurement is no kind.</summary>
internal readonly record struct LineCounts(long Malformed, long Unmapped);
