using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Alerting.Notifications;

/// <summary>Has receivers told of alerts that agents push, where <c>Alerting:NotifyPushed</c> is set.</summary>
internal sealed class PushedAlertService(
    IServiceProvider host, AlertingOptions options, AlertingStatus status, ProjectDirectory projects, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    // The first step, which may go on while the host begins to take requests.
    private Task _first = Task.CompletedTask;

    private bool IsEnabled => options.NotifyPushed && status.IsEnabled;

    /// <summary>Completes when what is pushed from now on will be told, which a shared store may delay by a second at most.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (IsEnabled)
        {
            _first = StepAsync(CancellationToken.None);
            await Task.WhenAny(_first, Task.Delay(_period, clock, cancellationToken)).ConfigureAwait(false);
        }

        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsEnabled)
        {
            return;
        }

        using PeriodicTimer timer = new(_period, clock);
        try
        {
            await _first.WaitAsync(stoppingToken).ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await StepAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private Task StepAsync(CancellationToken cancellationToken) =>
        host.GetRequiredService<PushedAlerts>().StepAsync(projects.All.Select(project => project.Pcode), cancellationToken);
}
