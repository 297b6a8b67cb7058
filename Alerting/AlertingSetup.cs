using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Alerting.Notifications;
using TimeSeries.Alerting.Rules;
using TimeSeries.Alerting.Silences;
using TimeSeries.Core.Building;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Storage;

namespace TimeSeries.Alerting;

/// <summary>Sets up alert rules. The host adds an <see cref="IRuleReader"/>, a file system and the projects.</summary>
public static class AlertingSetup
{
    // Where rules are unless a folder is configured.
    private const string FolderName = "rules";

    /// <summary>Adds what rules need.</summary>
    /// <param name="services">The services of the host.</param>
    public static IServiceCollection AddTimeSeriesAlerting(this IServiceCollection services)
    {
        services.AddSection(AlertingOptions.Section, new AlertingOptions.Validator());
        services.TryAddSingleton<AlertingInstruments>();
        services.TryAddSingleton(OpenDirectory);
        services.AddSingleton(provider => new BackupFolder(FolderName, () => provider.GetRequiredService<AlertingDirectory>().Path));
        services.TryAddSingleton<AlertingStatus>();
        services.TryAddSingleton<RuleBook>();
        services.TryAddSingleton<RuleEngine>();
        services.TryAddSingleton<RuleEditor>();
        services.TryAddSingleton<RuleRecovery>();
        services.TryAddSingleton<RuleCheckpoint>();
        services.TryAddSingleton<RecordedAlerts>();
        services.TryAddSingleton<AlertRecorder>();
        services.TryAddSingleton<AlertingParts>();
        services.TryAddSingleton<BackTest>();
        services.TryAddSingleton(provider => new AlertRules(
            provider.GetRequiredService<RuleBook>(), provider.GetRequiredService<RuleEngine>(), provider.GetRequiredService<RuleEditor>(),
            provider.GetRequiredService<BackTest>()));
        AddNotifications(services);
        services.AddHostedService<AlertingService>();
        services.AddHostedService<PushedAlertService>();
        return services;
    }

    /// <summary>Writes alerts through the ingest path of the same process.</summary>
    public static IServiceCollection AddLocalAlerts(this IServiceCollection services) => services.AddSingleton<IAlertWriter>(provider =>
        new SubmittingAlertWriter(
            provider.GetRequiredService<IBatchSubmitter>(), provider.GetRequiredService<BatchValidator>(), provider.GetRequiredService<TimeProvider>()));

    private static void AddNotifications(IServiceCollection services)
    {
        services.TryAddSingleton(provider => new SilenceBook(FilesOf(provider, "silences"), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ISilences>(provider => provider.GetRequiredService<SilenceBook>());
        services.TryAddSingleton(provider => new ReceiverBook(FilesOf(provider, "receivers")));
        services.TryAddSingleton(provider => new DeliveryFile(
            provider.GetRequiredService<IFileSystem>(), provider.GetRequiredService<AlertingDirectory>().Path));
        services.TryAddSingleton(provider => new WebhookSender(
            new TargetAddresses(
                provider.GetRequiredService<AlertingOptions>().AllowLoopbackTargets, provider.GetRequiredService<AlertingOptions>().PublicTargetsOnly),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new Notifier(
            provider.GetRequiredService<ReceiverBook>(), provider.GetRequiredService<SilenceBook>(), provider.GetRequiredService<WebhookSender>(),
            provider.GetRequiredService<DeliveryFile>(), provider.GetRequiredService<TimeProvider>(), Random.Shared.NextDouble,
            provider.GetRequiredService<HttpOptions>().PublicUrl, provider.GetRequiredService<ILogger<Notifier>>()));
        services.AddSingleton<ITransitionListener>(provider => provider.GetRequiredService<Notifier>());
        services.TryAddSingleton(provider => new AlertReceivers(provider.GetRequiredService<ReceiverBook>(), provider.GetRequiredService<Notifier>()));
        services.TryAddSingleton<PushedAlerts>();
        services.TryAddSingleton<NotificationInstruments>();
    }

    private static DefinitionFiles FilesOf(IServiceProvider provider, string kind) =>
        new(provider.GetRequiredService<IFileSystem>(), provider.GetRequiredService<AlertingDirectory>().Path, kind);

    // Opened when it is asked for: a host that evaluates no rules needs none.
    private static AlertingDirectory OpenDirectory(IServiceProvider provider)
    {
        string configured = provider.GetRequiredService<AlertingOptions>().Directory;
        return new AlertingDirectory(configured.Length > 0
            ? Path.GetFullPath(configured)
            : Path.Combine(provider.GetRequiredService<DataDirectory>().Path, FolderName));
    }
}

/// <summary>The folder of rules, silences and receivers.</summary>
/// <param name="path">The full path.</param>
public sealed class AlertingDirectory(string path)
{
    public string Path => path;
}
