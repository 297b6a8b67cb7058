using TimeSeries.Query.Api;
using TimeSeries.Query.Families;
using TimeSeries.Query.Families.AlertHistory;
using TimeSeries.Query.Families.Ncp;
using TimeSeries.Query.Families.Tyk;
using TimeSeries.Query.Families.WhaTap;

namespace TimeSeries.Query;

/// <summary>The endpoints of the Query host: every API family, each from its own folder.</summary>
public static class QueryEndpoints
{
    internal static IReadOnlyList<ApiModule> Modules { get; } =
        [new WhatapModule(), new TykModule(), new NcpModule(), new AlertHistoryModule(), new V1Module()];

    /// <summary>Sets up the step around the requests of every family. Call before authentication is set up.</summary>
    public static IApplicationBuilder UseTimeSeriesQuery(this IApplicationBuilder app) => app.UseMiddleware<FamilyRequests>();

    /// <summary>Maps the endpoints. Needs <see cref="QueryServices.AddTimeSeriesQuery"/> and <see cref="UseTimeSeriesQuery"/>.</summary>
    public static IEndpointRouteBuilder MapTimeSeriesQuery(this IEndpointRouteBuilder routes)
    {
        foreach (ApiModule module in Modules)
        {
            module.MapTo(routes);
        }

        return routes;
    }
}
