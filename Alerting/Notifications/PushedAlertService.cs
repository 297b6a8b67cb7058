using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Alerting.Notifications;

/// <summary>Has receivers told of alerts that agents push, where <c>Alerting:NotifyPushed</c> is set.</summary>
internal sealed class PushedAlertService(
    IServiceProvider host, AlertingOptions options, AlertingStatus status, ProjectDirectory projects, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.NotifyPushed || !status.IsEnabled)
        {
            return;
        }

        // The host begins to take requests first, and opens its store.
        await Task.Yield();
        PushedAlerts alerts = host.GetRequiredService<PushedAlerts>();
        using PeriodicTimer timer = new(_period, clock);
        try
        {
            do
            {
                await alerts.StepAsync(projects.All.Select(project => project.Pcode), stoppingToken).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }
}
