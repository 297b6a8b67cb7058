using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TimeSeries.Agent.Collecting;
using TimeSeries.Agent.Delivery;
using TimeSeries.Agent.Samples;

namespace TimeSeries.Agent;

/// <summary>
/// The agent of a process: takes samples of the application's own, and says what became of all. It collects while its host runs. Nothing here waits, or throws
/// for what the server does. Thread safe.
/// </summary>
/// <example>
/// <code>
/// builder.Services.AddTimeSeriesAgent();
/// …
/// agent.Push(new EventSample { Level = "EVENT", Type = "ES010", Message = "Prices were read again." });
/// </code>
/// </example>
public sealed class TimeSeriesAgent
{
    private readonly EntryTable _entries = new();
    private readonly DeliveryLog _log;
    private readonly BatchPump _pump;
    private readonly IServiceProvider _services;
    private readonly TimeProvider _clock;
    private readonly List<IDisposable> _collectors = [];

    internal TimeSeriesAgent(IServiceProvider services)
    {
        _services = services;
        _clock = services.GetRequiredService<TimeProvider>();
        Options = services.GetRequiredService<IOptions<TimeSeriesAgentOptions>>().Value;
        _log = new DeliveryLog(services.GetRequiredService<ILogger<TimeSeriesAgent>>(), _clock);
        Queue = new SampleQueue(Options.Enabled ? Options.QueueSamples : 1, Options.BatchSamples);
        Sink = new SampleSink(Queue, _clock);
        _pump = new BatchPump(Queue, Options, services.GetRequiredService<IBatchSender>(), _log, _clock);
        Observe(services.GetService<IMeterFactory>()?.Create(MeterName) ?? new Meter(MeterName));
    }

    /// <summary>The meter with the agent's own counters.</summary>
    public const string MeterName = "TimeSeries.Agent";

    /// <summary>What became of the samples so far.</summary>
    public TimeSeriesAgentStatistics Statistics => new(
        Queue.Collected, _pump.Sent, Queue.Dropped, _pump.Rejected, _pump.Retries, Queue.Waiting, Sink.Faults);

    internal TimeSeriesAgentOptions Options { get; }

    internal SampleQueue Queue { get; }

    internal SampleSink Sink { get; }

    /// <summary>Sends a transaction of the application's own.</summary>
    public void Push(TransactionSample sample) => Push(SampleKind.Transaction, sample, sample?.Time);

    /// <summary>Sends a statement of the application's own. It is added to no transaction.</summary>
    public void Push(SqlSample sample) => Push(SampleKind.Sql, sample, sample?.Time);

    /// <summary>Sends a call of the application's own. It is added to no transaction.</summary>
    public void Push(HttpcSample sample) => Push(SampleKind.Httpc, sample, sample?.Time);

    /// <summary>Sends an exception that is known by its texts.</summary>
    public void Push(ExceptionSample sample) => Push(SampleKind.Exception, sample, sample?.Time);

    /// <summary>Sends a number of threads.</summary>
    public void Push(ThreadSample sample) => Push(SampleKind.Thread, sample, sample?.Time);

    /// <summary>Sends an alert.</summary>
    public void Push(AlertSample sample) => Push(SampleKind.Alert, sample, sample?.Time);

    /// <summary>Sends an event.</summary>
    public void Push(EventSample sample) => Push(SampleKind.Event, sample, sample?.Time);

    /// <summary>Sends an exception that was caught, with the transaction that is under way on this thread.</summary>
    public void Push(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (Options.Enabled)
        {
            QueuedSample sample = new()
            {
                Kind = SampleKind.Exception,
                Time = _clock.GetUtcNow().ToUnixTimeMilliseconds(),
                Exception = exception,
                Txid = Activity.Current?.TraceId.ToHexString(),
            };
            ActivityCollector.Relate(Activity.Current, Requests, _entries, ref sample);
            Sink.Add(sample);
        }
    }

    private HttpContextReader? Requests { get; set; }

    /// <summary>Collects until <see cref="EndCollecting"/>.</summary>
    internal void BeginCollecting()
    {
        string[] ignored = [.. Options.IgnoredPaths.Select(path => path.TrimEnd('/'))];

        // The host's own listener: another host in the process has another one.
        if (Options.AspNetCore && _services.GetService<DiagnosticListener>() is { } host && (Requests = HttpContextReader.Make()) is { } requests)
        {
            _collectors.Add(new AspNetCoreCollector(requests, _entries, Sink, ignored).Observe(host));
        }

        ActivityCollector activities = new(Options.Sources, Requests, _entries, Sink, ignored);
        _collectors.Add(activities);
        activities.Start();
        if (Options.Commands)
        {
            CommandCollector commands = new(Requests, _entries, Sink, _clock);
            _collectors.Add(commands);
            commands.Start();
        }
    }

    internal void EndCollecting()
    {
        foreach (IDisposable collector in _collectors)
        {
            collector.Dispose();
        }

        _collectors.Clear();
    }

    internal Task SendAsync(CancellationToken stopping, CancellationToken ended) => _pump.SendAllAsync(stopping, ended);

    /// <summary>Tells in the log what people should know.</summary>
    internal void Report(bool isLast)
    {
        _log.Drop(Queue.Dropped, isLast);
        if (Sink.TakeFault() is { } fault)
        {
            _log.Fault(fault);
        }
    }

    private void Push(SampleKind kind, object? sample, DateTimeOffset? time)
    {
        ArgumentNullException.ThrowIfNull(sample);
        if (Options.Enabled)
        {
            Sink.Push(kind, time, sample);
        }
    }

    private void Observe(Meter meter)
    {
        meter.CreateObservableCounter("timeseries.agent.samples.collected", () => Queue.Collected, "{sample}", "Samples that the agent collected.");
        meter.CreateObservableCounter("timeseries.agent.samples.sent", () => _pump.Sent, "{sample}", "Samples that the server has.");
        meter.CreateObservableCounter("timeseries.agent.samples.dropped", () => Queue.Dropped, "{sample}", "Samples that the agent dropped.");
        meter.CreateObservableCounter("timeseries.agent.samples.rejected", () => _pump.Rejected, "{sample}", "Samples that the server rejected.");
        meter.CreateObservableCounter("timeseries.agent.retries", () => _pump.Retries, "{request}", "Batches that were sent once more.");
        meter.CreateObservableGauge("timeseries.agent.samples.queued", () => Queue.Waiting, "{sample}", "Samples that wait.");
    }
}

/// <summary>What became of the agent's samples so far. Collected = sent + dropped + rejected + queued + those in the batch on its way.</summary>
/// <param name="Collected">Samples that were collected or pushed.</param>
/// <param name="Sent">Samples that the server has stored, or had already.</param>
/// <param name="Dropped">Samples that were dropped: the oldest of a full queue, and those that a stop could not send in time.</param>
/// <param name="Rejected">Samples that the server rejected.</param>
/// <param name="Retries">Requests that sent a batch once more.</param>
/// <param name="Queued">Samples that wait now.</param>
/// <param name="Faults">Faults inside the agent, each of which cost one sample; the log has the last one.</param>
public readonly record struct TimeSeriesAgentStatistics(
    long Collected, long Sent, long Dropped, long Rejected, long Retries, long Queued, long Faults);
