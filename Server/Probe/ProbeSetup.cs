using Microsoft.Extensions.Options;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Server.Self;

namespace TimeSeries.Server.Probe;

/// <summary>Adds the prober that is built in.</summary>
internal static class ProbeSetup
{
    public static IServiceCollection AddProbe(this IServiceCollection services)
    {
        services.AddSection<ProbeOptions>(ProbeOptions.Section);
        services.AddSingleton<IValidateOptions<ProbeOptions>, SelfCheck>();
        services.AddSingleton<ProbeInstruments>();
        services.AddSingleton<ProbeService>().AddHostedService(provider => provider.GetRequiredService<ProbeService>());
        services.AddSingleton<IProbeNote>(provider => provider.GetRequiredService<ProbeService>());
        return services;
    }

    /// <summary>It writes into the server's own project.</summary>
    private sealed class SelfCheck(IServiceProvider services) : IValidateOptions<ProbeOptions>
    {
        public ValidateOptionsResult Validate(string? name, ProbeOptions options)
        {
            bool hasProject = services.GetUnvalidated<SelfOptions>().Enabled && services.GetUnvalidated<StorageOptions>().Kind == StorageKind.Embedded;
            return options.Enabled && !hasProject
                ? ValidateOptionsResult.Fail("Probe:Enabled: 'true' needs the server's own project: Self:Enabled=true and Storage:Kind=embedded.")
                : options.Url.Length > 0 && !Uri.TryCreate(options.Url, UriKind.Absolute, out _)
                    ? ValidateOptionsResult.Fail($"Probe:Url: '{options.Url}' is no address, like https://apm.example:5443.")
                    : ValidateOptionsResult.Success;
        }
    }
}
