using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TimeSeries.Core.Files;

namespace TimeSeries.Core;

/// <summary>
/// The metrics of log and store, made once a host, so that two hosts in one process do not mix. Names follow OpenTelemetry, units UCUM;
/// no tag has more values than there are kinds. Thread safe.
/// </summary>
public sealed class CoreInstruments : IDisposable
{
    private const string MeterName = "TimeSeries.Core";

    /// <param name="meters">Makes the host's meters; without one nobody but a listener of this process sees what is measured.</param>
    /// <param name="logger">Gets a line for each damage that is found in a file.</param>
    public CoreInstruments(IMeterFactory? meters = null, ILogger<DamageRegister>? logger = null)
    {
        Meter = meters?.Create(MeterName) ?? new Meter(MeterName);
        LogFlushes = Count("timeseries.log.flushes", "{flush}", "Flushes of the WAL to stable storage.");
        LogRecords = Count("timeseries.log.records", "{record}", "Records made durable in the WAL.");
        LogBytes = Count("timeseries.log.written", "By", "Bytes appended to the WAL.");
        LogFailures = Count("timeseries.log.failures", "{failure}", "Writes or flushes of the WAL that failed.");
        LogDamages = Count("timeseries.log.damages", "{stretch}", "Stretches of the WAL that could not be read.");
        Seals = Count("timeseries.store.seals", "{seal}", "Heads sealed into blocks.");
        SealFailures = Count("timeseries.store.seal.failures", "{failure}", "Seals that failed and are tried again.");
        Compactions = Count("timeseries.store.compactions", "{compaction}", "Compactions of blocks.");
        StoreWaits = Count("timeseries.store.waits", "{wait}", "Batches that waited because too many heads were not sealed yet.");
        StoreFailures = Count(
            "timeseries.store.failures", "{failure}", "Compactions, retentions and deletions of blocks that failed and are tried again.");
        DamagedReads = Count("timeseries.store.damaged_reads", "{read}", "Reads of a block that failed or whose checksum was wrong.");
        Scrubs = Count("timeseries.store.scrubs", "{block}", "Blocks read whole to find damage.");
        InfluxWrites = Meter.CreateCounter<long>("timeseries.influx.writes", "{request}", "Writes sent to InfluxDB, by outcome.");
        InfluxLines = Count("timeseries.influx.lines", "{line}", "Lines that InfluxDB confirmed.");
        InfluxBytes = Count("timeseries.influx.written", "By", "Bytes of the lines that InfluxDB confirmed, before compression.");
        InfluxDeadLetters = Count("timeseries.influx.dead_letters", "{line}", "Lines that InfluxDB refused for good; they are kept in a file.");
        InfluxUncheckedAlerts = Count(
            "timeseries.influx.unchecked_alerts", "{alert}", "Alerts taken without a look whether InfluxDB has their ids, since it could not be asked.");
        Damage = new DamageRegister(
            Meter.CreateCounter<long>("timeseries.damage.places", "{place}", "Places found damaged in files, by kind of file; each is logged once."),
            Meter.CreateCounter<long>("timeseries.damage.samples", "{sample}", "Samples that are lost by damage, at most, by kind of file."),
            logger ?? NullLogger<DamageRegister>.Instance);
        Damage.Begin();
        Meter.CreateObservableGauge("timeseries.damage.quarantined", () => Damage.Quarantined, "{file}", "Files in quarantine/, which no query reads.");
    }

    /// <summary>The damage that was found in files.</summary>
    public DamageRegister Damage { get; }

    /// <summary>Where the instruments live.</summary>
    public Meter Meter { get; }

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

    public Counter<long> Scrubs { get; }

    public Counter<long> InfluxWrites { get; }

    public Counter<long> InfluxLines { get; }

    public Counter<long> InfluxBytes { get; }

    public Counter<long> InfluxDeadLetters { get; }

    public Counter<long> InfluxUncheckedAlerts { get; }

    public void Dispose() => Meter.Dispose();

    // Its series is there from the start: a rate sees the first increase, and an alert that nothing failed.
    private Counter<long> Count(string name, string unit, string description)
    {
        Counter<long> counter = Meter.CreateCounter<long>(name, unit, description);
        counter.Add(0);
        return counter;
    }
}
