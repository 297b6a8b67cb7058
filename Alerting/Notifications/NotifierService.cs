using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace TimeSeries.Alerting.Notifications;

/// <summary>Has the notifier work, step by step.</summary>
internal sealed partial class NotifierService(Notifier notifier, TimeProvider clock, ILogger<NotifierService> logger) : BackgroundService
{
    // The shortest wait of a notification is ten times as long.
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(_period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                Step();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
        finally
        {
            await notifier.StopAsync().ConfigureAwait(false);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A mistake here must not end a host that takes samples; it is logged, and the next step comes.")]
    private void Step()
    {
        try
        {
            notifier.Step();
        }
        catch (Exception fault)
        {
            LogFault(fault);
        }
    }

    [LoggerMessage(5055, LogLevel.Error, "A step of the notifications failed; the next one is in a second.")]
    private partial void LogFault(Exception fault);
}
