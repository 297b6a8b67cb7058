using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace TimeSeries.Query;

/// <summary>What the Query endpoints need, as services.</summary>
public static class QueryServices
{
    /// <summary>
    /// Adds options, metrics and scans of the Query endpoints. The host adds the rest: an <see cref="Core.Model.ISampleReader"/> and its projects.
    /// </summary>
    public static IServiceCollection AddTimeSeriesQuery(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<QueryOptions>().Bind(configuration.GetSection(QueryOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<QueryOptions>, QueryOptionsRules>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<QueryInstruments>();
        return services;
    }
}
