using Microsoft.Extensions.DependencyInjection.Extensions;
using TimeSeries.Alerting;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Core.Files;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Query.Api;
using TimeSeries.Query.Api.Alerting;
using TimeSeries.Query.Families;
using TimeSeries.Query.Families.AlertHistory;
using TimeSeries.Query.Families.Ncp;
using TimeSeries.Query.Families.Tyk;
using TimeSeries.Query.Families.WhaTap;
using TimeSeries.Query.Scheduling;
using TimeSeries.Ui;
using TimeSeries.Ui.Data;

namespace TimeSeries.Query;

/// <summary>The endpoints of the Query host: every API family, each from its own folder.</summary>
public static class QueryEndpoints
{
    internal static IReadOnlyList<ApiModule> Modules { get; } =
        [new WhatapModule(), new TykModule(), new NcpModule(), new AlertHistoryModule(), new V1Module()];

    /// <summary>Sets up the step around the requests of every family. Call before authentication is set up.</summary>
    public static IApplicationBuilder UseTimeSeriesQuery(this IApplicationBuilder app) => app.UseTimeSeriesUi().UseMiddleware<FamilyRequests>();

    /// <summary>
    /// Maps the endpoints. Needs <see cref="QueryServices.AddTimeSeriesQuery"/> and <see cref="UseTimeSeriesQuery"/>, and that authentication is set up.
    /// </summary>
    public static WebApplication MapTimeSeriesQuery(this WebApplication app)
    {
        app.UseOutputCache();
        foreach (ApiModule module in Modules)
        {
            module.MapTo(app);
        }

        app.MapTimeSeriesUi();
        return app;
    }
}

/// <summary>What the Query endpoints need, as services.</summary>
public static class QueryServices
{
    private const long MaxChartBytes = 32 << 20;

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
        services.TryAddSingleton<IPageReader, PageReader>();
        services.TryAddSingleton<IRuleReader, RuleReader>();
        services.AddTimeSeriesAlerting();
        services.TryAddSingleton<AlertingAccess>();
        services.TryAddSingleton<IFileSystem, DiskFileSystem>();
        services.AddTimeSeriesUi(configuration);
        services.AddOutputCache(static options => (options.SizeLimit, options.MaximumBodySize) = (MaxChartBytes, MaxChartBytes / 8));
        services.AddSingleton<MatcherPolicy, ExactCasePolicy>();
        services.AddHostedService<EndpointActivation>();
        foreach (ApiModule module in QueryEndpoints.Modules)
        {
            module.AddServices(services);
        }

        return services;
    }
}
