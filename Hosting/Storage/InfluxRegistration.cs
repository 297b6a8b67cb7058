using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TimeSeries.Core.Files;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Reading;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Hosting.Storage;

/// <summary>Registers InfluxDB as a store that the option <c>Storage:Kind</c> may choose.</summary>
public static class InfluxRegistration
{
    /// <summary>Adds the settings, the reader and the check at the start. Nothing is read or opened while the option chooses another store.</summary>
    public static IServiceCollection AddInflux(this IServiceCollection services, InfluxRoles roles)
    {
        services.TryAddSingleton<IFileSystem, DiskFileSystem>();
        services.AddSingleton<InfluxEnvironment>();
        services.AddSingleton<IValidateOptions<HostStart>>(provider => provider.GetRequiredService<InfluxEnvironment>());
        services.AddSingleton(provider => provider.GetRequiredService<InfluxEnvironment>().Options);
        services.AddSingleton(provider => new InfluxReader(
            provider.GetRequiredService<InfluxOptions>(),
            provider.GetRequiredService<StorageOptions>().RetentionOf,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new InfluxStart(
            roles, provider.GetRequiredService<StorageOptions>(), new Lazy<InfluxOptions>(provider.GetRequiredService<InfluxOptions>),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<InfluxStart>>()));
        services.AddHostedService(provider => provider.GetRequiredService<InfluxStart>());
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<InfluxStart>());
        return services;
    }

    /// <summary>Adds the rules for the configuration of a host that shares its store with other processes.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="host">Name of the host, for messages.</param>
    public static IServiceCollection AddSharedStoreRules(this IServiceCollection services, string host) =>
        services.AddSingleton<IValidateOptions<HostStart>>(provider => ActivatorUtilities.CreateInstance<SharedStoreRule>(provider, host));
}

/// <summary><c>Ingest</c> and <c>Query</c> as processes need a store that they can share, and the same projects in each.</summary>
/// <param name="host">Name of the host.</param>
/// <param name="storage">Which store the host is configured with.</param>
/// <param name="projects">The projects that it is configured with.</param>
internal sealed class SharedStoreRule(string host, SectionOptions<StorageOptions> storage, SectionOptions<ProjectListOptions> projects)
    : IValidateOptions<HostStart>
{
    public ValidateOptionsResult Validate(string? name, HostStart options)
    {
        ValidateOptionsResultBuilder result = new();
        if (storage.Unvalidated.Kind == StorageKind.Embedded)
        {
            result.AddError(
                $"Storage:Kind: {host} does not run on its own on the embedded store, since one process owns its directory: "
                + "start Server instead (dotnet run -c Release --project Server), or set Storage:Kind=influx.");
        }

        if (projects.Unvalidated.Projects.Count == 0)
        {
            result.AddError($"Projects: none is configured; {host} shares its store with other processes, so each is to be told the same projects and tokens.");
        }

        return result.Build();
    }
}
