using Microsoft.Extensions.DependencyInjection.Extensions;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Query.Families;
using TimeSeries.Query.Scheduling;

namespace TimeSeries.Query;

/// <summary>What the Query endpoints need, as services.</summary>
public static class QueryServices
{
    /// <summary>
    /// Adds options, metrics and endpoints of the Query host. The host itself adds what they need: an <see cref="Core.Model.Ports.ISampleReader"/>
    /// and the <see cref="Hosting.Projects.ProjectDirectory"/>.
    /// </summary>
    public static IServiceCollection AddTimeSeriesQuery(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSection(QueryOptions.Section, new QueryOptions.Validator());
        services.TryAddSingleton<QueryInstruments>();
        services.TryAddSingleton<QueryScheduler>();
        services.AddSingleton<MatcherPolicy, ExactCasePolicy>();
        foreach (ApiModule module in QueryEndpoints.Modules)
        {
            module.AddServices(services);
        }

        return services;
    }
}
