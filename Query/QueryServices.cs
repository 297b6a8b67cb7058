using Microsoft.Extensions.DependencyInjection.Extensions;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Query.Api;
using TimeSeries.Query.Api.Agents;
using TimeSeries.Query.Api.Aggregate;
using TimeSeries.Query.Api.Samples;
using TimeSeries.Query.Api.Schema;
using TimeSeries.Query.Families;
using TimeSeries.Query.Families.AlertHistory;
using TimeSeries.Query.Families.Ncp;
using TimeSeries.Query.Families.Tyk;
using TimeSeries.Query.Families.WhaTap;
using TimeSeries.Query.Scheduling;

namespace TimeSeries.Query;

/// <summary>What the Query endpoints need, as services.</summary>
public static class QueryServices
{
    /// <summary>
    /// Adds options, metrics and endpoints of the Query host. The host itself adds what they stand on: an <see cref="Core.Model.Ports.ISampleReader"/>
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
