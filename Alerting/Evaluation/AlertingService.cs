using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TimeSeries.Alerting.Notifications;
using TimeSeries.Alerting.Rules;
using TimeSeries.Alerting.Silences;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Alerting.Evaluation;

/// <summary>
/// Evaluates the rules while the host runs, and tells receivers. Each second has a step, which begins what is due. What ran before the start is brought
/// back beside the steps, once: a store that hangs keeps back neither notifications nor the rules of projects that it has answered for.
/// </summary>
internal sealed partial class AlertingService(
    IServiceProvider host, ProjectDirectory projects, AlertingStatus status, TimeProvider clock, ILogger<AlertingService> logger) : BackgroundService
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _savePeriod = TimeSpan.FromSeconds(30);

    // Projects whose rules are brought back; of the others the store could not be read yet.
    private readonly HashSet<long> _recovered = [];
    private readonly Dictionary<long, string> _faults = [];
    private DateTimeOffset _saved = DateTimeOffset.MinValue;
    private Task _recovery = Task.CompletedTask;
    private AlertingParts? _parts;

    /// <summary>Reads the definitions before the host takes requests: who lists or removes one at once meets those of before.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (status.IsEnabled)
        {
            await TryAsync(() => _parts = Load(), cancellationToken);
        }

        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_parts is { } parts)
        {
            await _recovery;
            await parts.Engine.IdleAsync();
            Save(parts);
            await parts.Notifier.StopAsync();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!status.IsEnabled)
        {
            return;
        }

        using PeriodicTimer timer = new(_pause, clock);
        do
        {
            await TryAsync(() => Step(stoppingToken), stoppingToken);
        }
        while (await WaitAsync(timer, stoppingToken));
    }

    /// <summary>What is done each second. Nothing of it waits for the store, an evaluation or a receiver.</summary>
    internal void Step(CancellationToken cancellationToken)
    {
        AlertingParts parts = _parts ??= Load();
        if (_recovery.IsCompleted)
        {
            // Not while rules of a project come back: a checkpoint has all of them or none.
            SaveWhenDue(parts);
            if (!parts.Editor.IsRecovered)
            {
                _recovery = TryAsync(() => RecoverAsync(parts, cancellationToken), cancellationToken);
            }
        }

        parts.Engine.Start(cancellationToken);
        parts.Notifier.Step();
    }

    private Task TryAsync(Action step, CancellationToken stoppingToken) => TryAsync(
        () =>
        {
            step();
            return Task.CompletedTask;
        },
        stoppingToken);

    [SuppressMessage("Design", "CA1031", Justification = "A mistake here must not end a host that takes samples; it is logged, and the next step comes.")]
    private async Task TryAsync(Func<Task> step, CancellationToken stoppingToken)
    {
        try
        {
            await step();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
        catch (Exception fault)
        {
            LogStep(fault);
        }
    }

    private static async ValueTask<bool> WaitAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    // Only where rules are evaluated: another host needs no folder for them.
    private AlertingParts Load()
    {
        AlertingParts parts = host.GetRequiredService<AlertingParts>();
        host.GetRequiredService<NotificationInstruments>();
        parts.Book.Load(projects.All.Select(project => project.Pcode));
        List<(string File, string Reason)> unreadable = [.. parts.Book.Bad];
        foreach (Project project in projects.All)
        {
            unreadable.AddRange(parts.Silences.Load(project.Pcode));
            unreadable.AddRange(parts.Receivers.Load(project.Pcode));
            parts.Notifier.Load(project.Pcode);
        }

        foreach ((string file, string reason) in unreadable)
        {
            LogBadFile(file, reason);
        }

        return parts;
    }

    private async Task RecoverAsync(AlertingParts parts, CancellationToken cancellationToken)
    {
        foreach (long pcode in projects.All.Select(project => project.Pcode).Where(pcode => !_recovered.Contains(pcode)))
        {
            (ImmutableArray<RuleRuntime> rules, string? fault) = await parts.Recovery.RecoverAsync(pcode, cancellationToken);
            if (fault is null)
            {
                foreach (RuleRuntime rule in rules)
                {
                    parts.Engine.Put(rule);
                }

                _recovered.Add(pcode);
            }
            else if (_faults.GetValueOrDefault(pcode) != fault)
            {
                _faults[pcode] = fault;
                LogWaiting(pcode, fault);
            }
        }

        if (projects.All.All(project => _recovered.Contains(project.Pcode)))
        {
            parts.Editor.NoteRecovered();
        }

        parts.Engine.Start(cancellationToken);
    }

    private void SaveWhenDue(AlertingParts parts)
    {
        if (clock.GetUtcNow() - _saved is var age && (age >= _savePeriod || age < TimeSpan.Zero))
        {
            Save(parts);
        }
    }

    private void Save(AlertingParts parts)
    {
        _saved = clock.GetUtcNow();
        foreach (IGrouping<long, RuleRuntime> project in parts.Engine.All.GroupBy(rule => rule.Stored.Pcode))
        {
            parts.Checkpoint.Save(project.Key, project);
        }
    }

    [LoggerMessage(5005, LogLevel.Error, "{File} can't be used: {Reason}")]
    private partial void LogBadFile(string file, string reason);

    [LoggerMessage(5007, LogLevel.Error, "A step of the alert rules failed; the next one is in a second.")]
    private partial void LogStep(Exception fault);

    [LoggerMessage(5006, LogLevel.Warning, "The rules of project {Pcode} wait for the store: {Reason}")]
    private partial void LogWaiting(long pcode, string reason);
}

/// <summary>What evaluates rules.</summary>
internal sealed record AlertingParts(
    RuleBook Book, RuleEngine Engine, RuleEditor Editor, RuleRecovery Recovery, RuleCheckpoint Checkpoint, SilenceBook Silences, ReceiverBook Receivers,
    Notifier Notifier);
