using System.Diagnostics.Metrics;

namespace TimeSeries.Hosting.Metrics;

/// <summary>The values of one instrument, one for each set of tags. Thread safe; a measurement takes a short lock, and none is made per sample.</summary>
internal sealed class InstrumentSeries
{
    // Latencies in seconds, of instruments that advise nothing else.
    private static readonly double[] _latencies = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private readonly Lock _lock = new();
    private readonly List<Cell> _cells = [];
    private readonly double[] _bounds;
    private readonly string _type;
    private readonly string _help;
    private readonly bool _isLatest;

    public InstrumentSeries(Instrument instrument)
    {
        Type kind = instrument.GetType().GetGenericTypeDefinition();
        bool isCounter = kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>);
        _isLatest = kind != typeof(Counter<>) && kind != typeof(UpDownCounter<>) && kind != typeof(Histogram<>);
        _type = kind == typeof(Histogram<>) ? "histogram" : isCounter ? "counter" : "gauge";
        _help = instrument.Description ?? "";
        _bounds = instrument is Histogram<int> { Advice.HistogramBucketBoundaries: { } advised } ? [.. advised.Select(bound => (double)bound)] : _latencies;
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
            Cell cell = CellOf(tags);
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

            foreach (Cell cell in _cells)
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
        // Few, so they are looked through: no key is put together for each measurement.
        foreach (Cell known in _cells)
        {
            if (known.Has(tags))
            {
                return known;
            }
        }

        Cell cell = new(tags.ToArray(), _type == "histogram" ? new long[_bounds.Length + 1] : null);
        _cells.Add(cell);
        return cell;
    }

    private sealed class Cell(KeyValuePair<string, object?>[] tags, long[]? buckets)
    {
        private readonly KeyValuePair<string, object?>[] _tags = tags;

        public (string Label, string Value)[] Labels { get; } = Array.ConvertAll(tags, tag => (tag.Key.Replace('.', '_'), tag.Value?.ToString() ?? ""));

        public long[]? Buckets { get; } = buckets;

        public double Sum { get; set; }

        public long Count { get; set; }

        public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            bool equal = tags.Length == _tags.Length;
            for (int i = 0; equal && i < tags.Length; i++)
            {
                equal = tags[i].Key == _tags[i].Key && Equals(tags[i].Value, _tags[i].Value);
            }

            return equal;
        }
    }
}
