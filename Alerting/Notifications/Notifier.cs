using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Alerting.Silences;

namespace TimeSeries.Alerting.Notifications;

/// <summary>
/// Tells receivers of alerts: the newest transition of each group at least once, in notifications of one rule, 10 s after the first, and again every 4 h
/// while it fires. What receivers were told is kept in files, so that a restart repeats nothing. Thread safe.
/// </summary>
/// <param name="receivers">Who is told.</param>
/// <param name="silences">What is not told for now.</param>
/// <param name="sender">Posts notifications.</param>
/// <param name="file">Keeps what receivers were told.</param>
/// <param name="clock">Says what is due.</param>
/// <param name="jitter">Gives a fraction in [0, 1).</param>
/// <param name="publicUrl">Where people open the page; empty when that isn't said.</param>
/// <param name="logger">Is told of receivers that fail, once until they work again.</param>
internal sealed partial class Notifier(
    ReceiverBook receivers, SilenceBook silences, IWebhookSender sender, DeliveryFile file, TimeProvider clock, Func<double> jitter, string publicUrl,
    ILogger<Notifier> logger) : ITransitionListener, IDisposable
{
    private readonly ConcurrentDictionary<long, Lazy<ProjectNotifications>> _projects = [];
    private readonly AlertMemory _memory = new();
    private readonly CancellationTokenSource _stopping = new();
    private bool _isFileFailing;

    /// <summary>Alerts that nobody is told of, since too many are kept in memory.</summary>
    public long LostCount => _memory.LostCount;

    /// <inheritdoc/>
    public void Add(AlertTransition transition) => Find(transition.Pcode).Add(transition, clock.GetUtcNow());

    /// <summary>Reads what the receivers of a project were told before the start. Silences and receivers must have been read.</summary>
    public void Load(long pcode) => Find(pcode).Refresh(clock.GetUtcNow());

    /// <summary>One step: starts to send what is due, and keeps what was delivered. Waits for no receiver. For one caller at a time.</summary>
    public void Step()
    {
        DateTimeOffset now = clock.GetUtcNow();
        foreach (ProjectNotifications project in Projects)
        {
            project.Refresh(now);
            project.StartSending(lane => SendAllAsync(project, lane), now);
        }

        Save();
    }

    /// <summary>Counts alerts that nobody is told of.</summary>
    public void CountLost(long count) => _memory.CountLost(count);

    /// <summary>Ends when no notification is on its way that is now.</summary>
    public Task WhenSentAsync() => Task.WhenAll(Projects.Select(project => project.WhenSentAsync()));

    /// <summary>Ends what is on its way, and keeps what was delivered.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await WhenSentAsync().ConfigureAwait(false);
        Save();
    }

    /// <summary>Posts a notification that it is a test, once and at once.</summary>
    public Task<WebhookResult> TestAsync(long pcode, Receiver receiver, CancellationToken cancellationToken)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var labels = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("rule", "test");
        AlertTransition alert = new()
        {
            Pcode = pcode,
            Rule = "test",
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            Group = "",
            IsFiring = true,
            Time = now,
            PendingSince = now,
            FiringSince = now,
            Severity = Rules.AlertSeverity.Info,
            Source = "test",
            Title = $"Test of receiver {receiver.Name}",
            Description = "Nothing is wrong. Somebody tests whether notifications arrive.",
            Labels = labels,
            Annotations = labels.Clear(),
        };
        Notification notification = new() { Pcode = pcode, Receiver = receiver, Rule = "test", Alerts = [alert], IsFiring = true };
        return sender.SendAsync(receiver, WebhookPayload.Write(notification, publicUrl), cancellationToken);
    }

    /// <summary>How it stands with the receivers of each project.</summary>
    public IEnumerable<(long Pcode, Receiver Receiver, ReceiverHealth Health, int Waiting)> Report() =>
        Projects.SelectMany(project => project.Report().Select(state => (project.Pcode, state.Receiver, state.Health, state.Waiting)));

    /// <summary>How it stands with the receivers of a project that were seen, by name.</summary>
    public Dictionary<string, (ReceiverHealth Health, int Waiting)> Report(long pcode) =>
        Find(pcode).Report().ToDictionary(state => state.Receiver.Name, state => (state.Health, state.Waiting), StringComparer.Ordinal);

    public void Dispose() => _stopping.Dispose();

    private IEnumerable<ProjectNotifications> Projects => _projects.Values.Select(project => project.Value);

    private ProjectNotifications Find(long pcode) => _projects.GetOrAdd(pcode, code => new Lazy<ProjectNotifications>(() => Make(code))).Value;

    private ProjectNotifications Make(long pcode)
    {
        Dictionary<string, ReceiverLane> lanes = new(StringComparer.Ordinal);
        try
        {
            lanes = file.Read(pcode);
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            LogUnreadable(fault.Message);
        }

        return new ProjectNotifications(new ProjectAlerts(pcode, _memory), receivers, silences, lanes);
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever keeps a notification from its receiver, it is logged and tried again.")]
    private async Task SendAllAsync(ProjectNotifications project, ReceiverLane lane)
    {
        while (!_stopping.IsCancellationRequested && project.Next(lane, clock.GetUtcNow()) is { } notification)
        {
            WebhookResult result;
            try
            {
                result = await sender.SendAsync(notification.Receiver, WebhookPayload.Write(notification, publicUrl), _stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                LogFault(fault, notification.Receiver.Name, project.Pcode);
                result = new WebhookResult(IsDelivered: false, Status: null, "The notification could not be made; the log of the server says why.");
            }

            (ReceiverHealth before, ReceiverHealth now) = project.Finish(lane, notification, result, clock.GetUtcNow(), jitter());
            if (before.FailuresInARow == 0 && now.FailuresInARow > 0)
            {
                LogFailing(notification.Receiver.Name, project.Pcode, result.Reason);
            }
            else if (before.FailuresInARow > 0 && now.FailuresInARow == 0)
            {
                LogWorks(notification.Receiver.Name, project.Pcode);
            }
        }
    }

    private void Save()
    {
        foreach (ProjectNotifications project in Projects)
        {
            if (project.TakeChanges() is not { } json)
            {
                continue;
            }

            try
            {
                file.Write(project.Pcode, json);
                _isFileFailing = false;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                project.ReturnChanges();
                if (!_isFileFailing)
                {
                    LogUnwritable(fault.Message);
                }

                _isFileFailing = true;
            }
        }
    }

    [LoggerMessage(5050, LogLevel.Warning, "Receiver {Receiver} of project {Pcode} fails: {Reason} It is tried again for a day.")]
    private partial void LogFailing(string receiver, long pcode, string reason);

    [LoggerMessage(5051, LogLevel.Information, "Receiver {Receiver} of project {Pcode} works again.")]
    private partial void LogWorks(string receiver, long pcode);

    [LoggerMessage(5052, LogLevel.Error, "A notification to receiver {Receiver} of project {Pcode} could not be made. It is tried again.")]
    private partial void LogFault(Exception fault, string receiver, long pcode);

    [LoggerMessage(5053, LogLevel.Error,
        "What receivers were told before the start can't be read, so they are told again of what fires: {Reason}")]
    private partial void LogUnreadable(string reason);

    [LoggerMessage(5054, LogLevel.Error,
        "What receivers were told can't be kept, so after a restart they would be told again: {Reason} Trying again every second.")]
    private partial void LogUnwritable(string reason);
}
