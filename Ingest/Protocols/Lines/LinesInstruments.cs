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
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public LinesInstruments(IMeterFactory? meters = null)
    {
        _meter = meters?.Create(IngestInstruments.MeterName) ?? new Meter(IngestInstruments.MeterName);
        _unmapped = _meter.CreateCounter<long>("timeseries.lines.unmapped", "{line}", "Lines of measurements that are no kind, by measurement.");
        _bad = _meter.CreateCounter<long>("timeseries.lines.malformed", "{line}", "Lines that could not be parsed.");
        _unmapped.Add(0, new KeyValuePair<string, object?>("measurement", Others));
        _bad.Add(0);
    }

    /// <summary>Counts the lines of one write.</summary>
    public void Count(IReadOnlyDictionary<string, int> unmapped, int bad)
    {
        _bad.Add(bad);
        foreach ((string measurement, int lines) in unmapped)
        {
            _unmapped.Add(lines, new KeyValuePair<string, object?>("measurement", SeriesOf(measurement)));
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
