using System.Diagnostics.Metrics;

namespace TimeSeries.Core;

/// <summary>
/// The metrics of log and store, made once a host, so that two hosts in one process do not mix. Names follow OpenTelemetry, units UCUM;
/// no tag has more values than there are kinds. Thread safe.
/// </summary>
public sealed class CoreInstruments : IDisposable
{
    public CoreInstruments()
    {
        LogFlushes = Meter.CreateCounter<long>("timeseries.log.flushes", "{flush}", "Flushes of the log to stable storage.");
        LogRecords = Meter.CreateCounter<long>("timeseries.log.records", "{record}", "Records made durable in the log.");
        LogBytes = Meter.CreateCounter<long>("timeseries.log.written", "By", "Bytes appended to the log.");
        LogFailures = Meter.CreateCounter<long>("timeseries.log.failures", "{failure}", "Writes or flushes of the log that failed.");
        LogDamages = Meter.CreateCounter<long>("timeseries.log.damages", "{stretch}", "Stretches of the log that could not be read.");
        Seals = Meter.CreateCounter<long>("timeseries.store.seals", "{seal}", "Heads sealed into blocks.");
        SealFailures = Meter.CreateCounter<long>("timeseries.store.seal.failures", "{failure}", "Seals that failed and are tried again.");
        Compactions = Meter.CreateCounter<long>("timeseries.store.compactions", "{compaction}", "Compactions of blocks.");
        StoreWaits = Meter.CreateCounter<long>("timeseries.store.waits", "{wait}", "Batches that waited because too many heads were not sealed yet.");
        StoreFailures = Meter.CreateCounter<long>(
            "timeseries.store.failures", "{failure}", "Compactions, retentions and deletions of blocks that failed and are tried again.");
        DamagedReads = Meter.CreateCounter<long>("timeseries.store.damaged_reads", "{read}", "Reads of a block that failed or whose checksum was wrong.");
        InfluxWrites = Meter.CreateCounter<long>("timeseries.influx.writes", "{request}", "Writes sent to InfluxDB, by outcome.");
        InfluxLines = Meter.CreateCounter<long>("timeseries.influx.lines", "{line}", "Lines that InfluxDB confirmed.");
        InfluxBytes = Meter.CreateCounter<long>("timeseries.influx.written", "By", "Bytes of the lines that InfluxDB confirmed, before compression.");
        InfluxDeadLetters = Meter.CreateCounter<long>("timeseries.influx.dead_letters", "{line}", "Lines that InfluxDB refused for good; they are kept in a file.");
        InfluxUncheckedAlerts = Meter.CreateCounter<long>(
            "timeseries.influx.unchecked_alerts", "{alert}", "Alerts taken without a look whether InfluxDB has their ids, since it could not be asked.");
    }

    /// <summary>Where gauges register themselves.</summary>
    public Meter Meter { get; } = new("TimeSeries.Core");

    public Counter<long> LogFlushes { get; }

    public Counter<long> LogRecords { get; }

    public Counter<long> LogBytes { get; }

    public Counter<long> LogFailures { get; }

    public Counter<long> LogDamages { get; }

    public Counter<long> Seals { get; }

    public Counter<long> SealFailures { get; }

    public Counter<long> Compactions { get; }

    public Counter<long> StoreWaits { get; }

    public Counter<long> StoreFailures { get; }

    public Counter<long> DamagedReads { get; }

    public Counter<long> InfluxWrites { get; }

    public Counter<long> InfluxLines { get; }

    public Counter<long> InfluxBytes { get; }

    public Counter<long> InfluxDeadLetters { get; }

    public Counter<long> InfluxUncheckedAlerts { get; }

    public void Dispose() => Meter.Dispose();
}
