using System.Diagnostics.Metrics;

namespace TimeSeries.Hosting.Metrics;

/// <summary>The values of one instrument, one for each set of tags. Thread safe; a measurement takes a short lock, and none is made per sample.</summary>
internal sealed class InstrumentSeries
{
    // Powers of ten by halves: latencies from 0.1 ms to 30 s, and sizes of groups, read well enough with these.
    private static readonly double[] _bounds =
        [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Cell> _cells = new(StringComparer.Ordinal);
    private readonly string _type;
    private readonly string _help;
    private readonly bool _isLatest;
    private Cell? _untagged;

    public InstrumentSeries(Instrument instrument)
    {
        Type kind = instrument.GetType().GetGenericTypeDefinition();
        bool isCounter = kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>);
        _isLatest = kind != typeof(Counter<>) && kind != typeof(UpDownCounter<>) && kind != typeof(Histogram<>);
        _type = kind == typeof(Histogram<>) ? "histogram" : isCounter ? "counter" : "gauge";
        _help = instrument.Description ?? "";
        string unit = instrument.Unit switch
        {
            "By" => "_bytes",
            "s" => "_seconds",
            _ => "",
        };
        Name = instrument.Name.Replace('.', '_') + unit + (isCounter ? "_total" : "");
    }

    public string Name { get; }

    public void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            Cell cell = tags.IsEmpty ? _untagged ??= CellOf(tags) : CellOf(tags);
            cell.Sum = _isLatest ? value : cell.Sum + value;
            cell.Count++;
            if (cell.Buckets is { } buckets)
            {
                int bucket = Array.FindIndex(_bounds, bound => value <= bound);
                buckets[bucket < 0 ? _bounds.Length : bucket]++;
            }
        }
    }

    public void Write(PrometheusText text)
    {
        lock (_lock)
        {
            text.Metric(Name, _type, _help);
            if (_cells.Count == 0 && _type == "counter")
            {
                text.Value(Name, 0);
            }

            foreach (Cell cell in _cells.Values)
            {
                Write(text, cell);
            }
        }
    }

    private void Write(PrometheusText text, Cell cell)
    {
        if (cell.Buckets is not { } buckets)
        {
            text.Value(Name, cell.Sum, cell.Labels);
            return;
        }

        long below = 0;
        for (int i = 0; i <= _bounds.Length; i++)
        {
            below += buckets[i];
            string bound = i < _bounds.Length ? _bounds[i].ToString(System.Globalization.CultureInfo.InvariantCulture) : "+Inf";
            text.Value(Name + "_bucket", below, [.. cell.Labels, ("le", bound)]);
        }

        text.Value(Name + "_sum", cell.Sum, cell.Labels);
        text.Value(Name + "_count", cell.Count, cell.Labels);
    }

    private Cell CellOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        (string Label, string Value)[] labels = new (string, string)[tags.Length];
        for (int i = 0; i < tags.Length; i++)
        {
            labels[i] = (tags[i].Key.Replace('.', '_'), tags[i].Value?.ToString() ?? "");
        }

        string key = string.Join('\n', labels);
        if (!_cells.TryGetValue(key, out Cell? cell))
        {
            cell = new Cell(labels, _type == "histogram" ? new long[_bounds.Length + 1] : null);
            _cells.Add(key, cell);
        }

        return cell;
    }

    private sealed class Cell((string Label, string Value)[] labels, long[]? buckets)
    {
        public (string Label, string Value)[] Labels { get; } = labels;

        public long[]? Buckets { get; } = buckets;

        public double Sum { get; set; }

        public long Count { get; set; }
    }
}
