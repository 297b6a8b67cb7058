using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace TimeSeries.Hosting.Metrics;

/// <summary>Registers instruments so that <c>/metrics</c> shows them.</summary>
public static class MetricsRegistration
{
    /// <summary>Adds a set of instruments, one a host, with its meter.</summary>
    public static IServiceCollection AddInstruments<T>(this IServiceCollection services, Func<T, Meter> meter)
        where T : class
    {
        services.TryAddSingleton<T>();
        return services.AddSingleton(provider => new MeterSource(meter(provider.GetRequiredService<T>())));
    }
}
