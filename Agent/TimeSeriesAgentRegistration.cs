using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TimeSeries.Agent.Delivery;

namespace TimeSeries.Agent;

/// <summary>Adds the agent to an application.</summary>
public static class TimeSeriesAgentRegistration
{
    /// <summary>
    /// Adds <see cref="TimeSeriesAgent"/>, which collects and sends while the host runs, on any host: a web application, a worker or a console program.
    /// Add it after services whose last samples should still be sent when the host stops. Adding it twice configures it twice and runs it once.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Settings that win over the configuration; null for none.</param>
    public static IServiceCollection AddTimeSeriesAgent(this IServiceCollection services, Action<TimeSeriesAgentOptions>? configure = null) =>
        services.AddTimeSeriesAgent(configure, readsSettings: true);

    /// <summary>The same; without settings of the configuration, which are for agents of applications.</summary>
    internal static IServiceCollection AddTimeSeriesAgent(
        this IServiceCollection services, Action<TimeSeriesAgentOptions>? configure, bool readsSettings)
    {
        ArgumentNullException.ThrowIfNull(services);
        OptionsBuilder<TimeSeriesAgentOptions> options = services.AddOptions<TimeSeriesAgentOptions>();
        if (services.Any(service => service.ServiceType == typeof(TimeSeriesAgent)))
        {
            options.Configure(configure ?? (_ => { }));
            return services;
        }

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IBatchSender, HttpBatchSender>();
        services.AddSingleton<IValidateOptions<TimeSeriesAgentOptions>, OptionsCheck>();
        if (readsSettings)
        {
            options.Configure<IServiceProvider>(static (settings, provider) => Bind(settings, provider.GetService<IConfiguration>()));
        }

        options.Configure(configure ?? (_ => { })).ValidateOnStart();
        services.AddSingleton(static provider => new TimeSeriesAgent(provider));
        services.AddHostedService<AgentService>();
        return services;
    }

    private static void Bind(TimeSeriesAgentOptions settings, IConfiguration? configuration)
    {
        configuration?.GetSection(TimeSeriesAgentOptions.Section).Bind(settings);
        configuration?.GetSection(TimeSeriesAgentOptions.EnvironmentSection).Bind(settings);
    }
}
