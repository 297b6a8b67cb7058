using System.Diagnostics.Metrics;
using TimeSeries.Alerting;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Alerting.Notifications;
using TimeSeries.Alerting.Rules;
using TimeSeries.Alerting.Silences;
using TimeSeries.Core.Files;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;
using TimeSeries.Simulation.Rules;

namespace TimeSeries.Simulation.Node;

/// <summary>The alert rules of one process, as a host composes them. Nothing runs by itself. Used by one thread.</summary>
internal sealed class SimulatedAlerting : IServiceProvider
{
    /// <summary>The folder of rules.</summary>
    public const string Folder = SimulatedNode.Folder + "/rules";

    private readonly StepScheduler _scheduler = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly AlertingService _service;
    private readonly AlertingParts _parts;
    private readonly NotificationInstruments _notifications;
    private readonly AlertingInstruments _instruments;

    public SimulatedAlerting(SimulatedNode node, NodeSeams seams, IFileSystem disk, VirtualClock clock, ExpectedRules expected, IWebhookSender sender)
    {
        IFileSystem files = seams.Disk(disk);
        AlertingDirectory directory = new(Folder);
        AlertingOptions options = new()
        {
            Enabled = AlertingMode.True,
            Delay = TimeSpan.FromMilliseconds(SimulatedRule.Delay),
            CatchUp = TimeSpan.FromMilliseconds(SimulatedRule.CatchUp),
        };
        PlainMeters meters = new();
        _instruments = new AlertingInstruments(meters);
        RuleBook book = new(files, directory);
        SilenceBook silences = new(new DefinitionFiles(files, Folder, "silences"), clock);
        ReceiverBook receivers = new(new DefinitionFiles(files, Folder, "receivers"));
        Notifier notifier = new(
            receivers, silences, sender, new DeliveryFile(files, Folder), clock, () => 0.5, "", new FaultLogger<Notifier>(expected.NoteFault));
        _notifications = new NotificationInstruments(meters, notifier);
        SimulatedRuleReader reader = new(node.Reader, expected.NoteQuery);
        AlertRecorder recorder = new(
            seams.AlertWriter(new RecordingWriter(node.Submitter, expected, clock)), silences, [notifier], _instruments);
        RuleEngine engine = new(reader, recorder, options, _instruments, clock, new FaultLogger<RuleEngine>(expected.NoteFault));
        RuleCheckpoint checkpoint = new(files, directory, new FaultLogger<RuleCheckpoint>(expected.NoteFault));
        _parts = new AlertingParts(
            book, engine, new RuleEditor(book, engine, reader, options, clock),
            new RuleRecovery(book, checkpoint, new RecordedAlerts(reader), recorder, reader, options, clock), checkpoint, silences, receivers, notifier);
        ProjectDirectory projects = new([.. SimulatedRule.Projects.Select(pcode => new ProjectOptions { Pcode = pcode })]);
        _service = new AlertingService(
            this, projects, new AlertingStatus(options, this), clock, new FaultLogger<AlertingService>(expected.NoteFault));
    }

    /// <summary>What evaluates the rules.</summary>
    public RuleEngine Engine => _parts.Engine;

    /// <inheritdoc/>
    public object? GetService(Type serviceType) =>
        serviceType == typeof(AlertingParts) ? _parts : serviceType == typeof(NotificationInstruments) ? _notifications : null;

    /// <summary>Lets go on what has waited for the log.</summary>
    public void Continue() => _scheduler.Drain();

    /// <summary>One step of the loop, with the evaluations that it begins as far as they can go.</summary>
    /// <exception cref="IOException">The disk failed; the next step tries again.</exception>
    public void Step()
    {
        Task step = _scheduler.Begin(() =>
        {
            _service.Step(_stopping.Token);
            return Task.CompletedTask;
        });
        _scheduler.Drain();
        step.GetAwaiter().GetResult();
    }

    /// <summary>No evaluation begins any more.</summary>
    public void BeginStop() => _stopping.Cancel();

    /// <summary>Stops the loop. False when it waits for the log.</summary>
    public bool Stop()
    {
        Task stop = _scheduler.Begin(() => _service.StopAsync(CancellationToken.None));
        _scheduler.Drain();
        if (stop.IsCompleted)
        {
            stop.GetAwaiter().GetResult();
        }

        return stop.IsCompleted;
    }

    /// <summary>Ends it as a crash does.</summary>
    public void End()
    {
        _instruments.Dispose();
        _notifications.Dispose();
        _parts.Notifier.Dispose();
        _parts.Editor.Dispose();
        _service.Dispose();
        _stopping.Dispose();
    }

    private sealed class PlainMeters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
            // Whoever made a meter disposes of it.
        }
    }
}
