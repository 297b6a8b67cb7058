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

namespace TimeSeries.Query;

/// <summary>The endpoints of the Query host: every API family, each from its own folder.</summary>
public static class QueryEndpoints
{
    /// <summary>Maps the endpoints. Needs <see cref="QueryServices.AddTimeSeriesQuery"/>.</summary>
    public static IEndpointRouteBuilder MapTimeSeriesQuery(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        FamilyRequests requests = routes.ServiceProvider.GetRequiredService<FamilyRequests>();

        // Every path and method under the prefix is the family's, so that whatever is wrong with a request is told in its shape.
        routes.Map(
            WhatapPath.Prefix + "/{**path}",
            requests.Around(WhatapErrors.Family, static context => Of<WhatapEndpoint>(context).HandleAsync(context)));

        routes.Map(
            TykEndpoint.Prefix + "/{**path}",
            requests.Around(TykErrors.Family, static context => Of<TykEndpoint>(context).HandleAsync(context)));

        foreach (string prefix in (ReadOnlySpan<string>)[NcpEndpoint.Prefix, NcpEndpoint.LongPrefix])
        {
            routes.Map(prefix + "/{**path}", requests.Around(NcpErrors.Family, static context => Of<NcpEndpoint>(context).HandleAsync(context)));
        }

        routes.Map(
            AlertHistoryEndpoint.Prefix + "/{**path}",
            requests.Around(AlertErrors.Family, static context => Of<AlertHistoryEndpoint>(context).HandleAsync(context)));

        routes.Map("/api/v1/agents", requests.Around(ApiErrors.Family, static context => Of<AgentsEndpoint>(context).HandleAsync(context)));
        routes.Map("/api/v1/aggregate", requests.Around(ApiErrors.Family, static context => Of<AggregateEndpoint>(context).HandleAsync(context)));
        routes.Map("/api/v1/samples", requests.Around(ApiErrors.Family, static context => Of<SamplesEndpoint>(context).HandleAsync(context)));
        routes.Map("/api/v1/schema", requests.Around(ApiErrors.Family, static context => Of<SchemaEndpoint>(context).HandleAsync(context)));
        return routes;
    }

    // At the first request, not before: store and projects may be opened only when the host starts.
    private static T Of<T>(HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();
}
