using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Alerting.Rules;
using TimeSeries.Core.Building;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Alerting;

/// <summary>Sets up alert rules. The host adds an <see cref="IRuleReader"/>, a file system and the projects.</summary>
public static class AlertingSetup
{
    /// <summary>Adds what rules need.</summary>
    /// <param name="services">The services of the host.</param>
    public static IServiceCollection AddTimeSeriesAlerting(this IServiceCollection services)
    {
        services.AddSection(AlertingOptions.Section, new AlertingOptions.Validator());
        services.TryAddSingleton<AlertingInstruments>();
        services.TryAddSingleton(OpenDirectory);
        services.TryAddSingleton<AlertingStatus>();
        services.TryAddSingleton<RuleBook>();
        services.TryAddSingleton<RuleEngine>();
        services.TryAddSingleton<RuleManager>();
        services.TryAddSingleton<RuleRecovery>();
        services.TryAddSingleton<RuleCheckpoint>();
        services.TryAddSingleton<RecordedAlerts>();
        services.TryAddSingleton<AlertRecorder>();
        services.TryAddSingleton<AlertingParts>();
        services.TryAddSingleton<BackTest>();
        services.TryAddSingleton(provider => new AlertRules(
            provider.GetRequiredService<RuleBook>(), provider.GetRequiredService<RuleEngine>(), provider.GetRequiredService<RuleManager>(),
            provider.GetRequiredService<BackTest>()));
        services.AddHostedService<AlertingService>();
        return services;
    }

    /// <summary>Writes alerts through the ingest path of the same process.</summary>
    public static IServiceCollection AddLocalAlerts(this IServiceCollection services) => services.AddSingleton<IAlertWriter>(provider =>
        new SubmittingAlertWriter(
            provider.GetRequiredService<IBatchSubmitter>(), provider.GetRequiredService<BatchValidator>(), provider.GetRequiredService<TimeProvider>()));

    // Opened when it is asked for: a host that evaluates no rules needs none.
    private static AlertingDirectory OpenDirectory(IServiceProvider provider)
    {
        string configured = provider.GetRequiredService<AlertingOptions>().Directory;
        return new AlertingDirectory(configured.Length > 0
            ? Path.GetFullPath(configured)
            : Path.Combine(provider.GetRequiredService<DataDirectory>().Path, "rules"));
    }
}
