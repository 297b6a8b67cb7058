using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace TimeSeries.Hosting.Metrics;

/// <summary>Adds up what this host's meters measure and writes it for Prometheus. Thread safe.</summary>
public sealed class MeterExporter : IMetricSource, IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, InstrumentSeries> _series = [];

    public MeterExporter(IEnumerable<MeterSource> sources)
    {
        HashSet<Meter> meters = [.. sources.Select(source => source.Meter)];
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (meters.Contains(instrument.Meter))
            {
                listener.EnableMeasurementEvents(instrument, _series.GetOrAdd(instrument, static made => new InstrumentSeries(made)));
            }
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((InstrumentSeries)state!).Add(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((InstrumentSeries)state!).Add(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((InstrumentSeries)state!).Add(value, tags));
        _listener.Start();
    }

    public void Write(PrometheusText text)
    {
        _listener.RecordObservableInstruments();
        foreach (InstrumentSeries series in _series.Values.OrderBy(series => series.Name, StringComparer.Ordinal))
        {
            series.Write(text);
        }
    }

    public void Dispose() => _listener.Dispose();
}
