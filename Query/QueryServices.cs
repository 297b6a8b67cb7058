using Microsoft.Extensions.DependencyInjection.Extensions;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Query.AlertHistory;
using TimeSeries.Query.Families;
using TimeSeries.Query.Ncp;
using TimeSeries.Query.Own;
using TimeSeries.Query.Scanning;
using TimeSeries.Query.Tyk;
using TimeSeries.Query.WhaTap;

namespace TimeSeries.Query;

/// <summary>What the Query endpoints need, as services.</summary>
public static class QueryServices
{
    /// <summary>
    /// Adds options, metrics and endpoints of the Query host. The host itself adds what they stand on: an <see cref="Core.Model.ISampleReader"/>
    /// and the <see cref="Hosting.Projects.ProjectDirectory"/>.
    /// </summary>
    public static IServiceCollection AddTimeSeriesQuery(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSection(QueryOptions.Section, new QueryOptions.Validator());
        services.TryAddSingleton<QueryInstruments>();
        services.AddSingleton<IApiDescription, WhatapDescription>();
        services.AddSingleton<IApiDescription, TykDescription>();
        services.AddSingleton<IApiDescription, NcpDescription>();
        services.AddSingleton<IApiDescription, AlertHistoryDescription>();
        services.AddSingleton<IApiDescription, ApiDescription>();
        services.TryAddSingleton<QueryScheduler>();
        services.TryAddSingleton<FamilyRequests>();
        services.TryAddSingleton<WhatapEndpoint>();
        services.TryAddSingleton<TykEndpoint>();
        services.TryAddSingleton<NcpEndpoint>();
        services.TryAddSingleton<AlertAdmission>();
        services.TryAddSingleton<AlertHistoryEndpoint>();
        services.TryAddSingleton<ApiRequests>();
        services.TryAddSingleton<AgentsEndpoint>();
        services.TryAddSingleton<AggregateEndpoint>();
        services.TryAddSingleton<SamplesEndpoint>();
        services.TryAddSingleton<SchemaEndpoint>();
        return services;
    }
}
