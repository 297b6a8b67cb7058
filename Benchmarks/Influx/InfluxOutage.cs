using TimeSeries.Benchmarks.Load;

namespace TimeSeries.Benchmarks.Influx;

/// <summary>Kills influxd under a load and measures how long the log takes to drain once it is back, while the load goes on.</summary>
internal sealed class InfluxOutage(InfluxLoadOptions options, TimeProvider clock)
{
    /// <summary>Runs it.</summary>
    /// <param name="samplesPerSecond">The load.</param>
    /// <param name="stop">Ends it early.</param>
    public OutageReport Run(double samplesPerSecond, CancellationTokenSource stop)
    {
        using InfluxServer influx = InfluxServer.Start(options.Influxd);
        using IngestServer ingest = new(options.Ingest, influx, options);
        using LoadRun run = new(InfluxLoad.Pushes(ingest, options, samplesPerSecond, TimeSpan.FromDays(1)), clock);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        run.Start(end);
        end.Token.WaitHandle.WaitOne(options.WarmUp);
        ingest.PushLast(clock);
        long killed = clock.GetTimestamp();
        influx.Kill();
        end.Token.WaitHandle.WaitOne(options.Outage);
        influx.Restart();
        double outage = clock.GetElapsedTime(killed).TotalSeconds;
        long back = clock.GetTimestamp();
        ingest.PushLast(clock);
        double drain = clock.GetElapsedTime(back).TotalSeconds;
        end.Cancel();
        LoadReport pushed = run.Finish(end);
        ingest.PushLast(clock);
        long stored = influx.Number(InfluxLoad.CountStatement);
        (long units, long unitBytes) = influx.Rollups();
        return new OutageReport
        {
            OutageSeconds = Math.Round(outage, 1),
            PushedPerSecond = pushed.SamplesPerSecond,
            PushErrors = pushed.Errors,
            PushP99Ms = pushed.P99Ms,
            DrainSeconds = Math.Round(drain, 1),
            DrainedPerSecond = Math.Round(pushed.SamplesPerSecond * outage / drain),
            Samples = pushed.Samples + 3,
            Stored = stored,
            FileBytes = influx.Compact(clock),
            Units = units,
            UnitBytes = unitBytes,
        };
    }
}
