using TimeSeries.Query.Families;
using TimeSeries.Query.Own;
using TimeSeries.Query.WhaTap;

namespace TimeSeries.Query;

/// <summary>The endpoints of the Query host: every API family, each from its own folder.</summary>
public static class QueryEndpoints
{
    /// <summary>Maps the endpoints. Needs <see cref="QueryServices.AddTimeSeriesQuery"/>.</summary>
    public static IEndpointRouteBuilder MapTimeSeriesQuery(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        IServiceProvider services = routes.ServiceProvider;
        FamilyRequests requests = services.GetRequiredService<FamilyRequests>();

        // Every path and method under the prefix is the family's, so that whatever is wrong with a request is told in its shape.
        routes.Map(
            WhatapPath.Prefix + "/{**path}",
            requests.Around(WhatapErrors.Family, services.GetRequiredService<WhatapEndpoint>().HandleAsync));

        MapOwn(routes, requests, "/api/v1/agents", services.GetRequiredService<AgentsEndpoint>().HandleAsync);
        MapOwn(routes, requests, "/api/v1/schema", services.GetRequiredService<SchemaEndpoint>().HandleAsync);
        return routes;
    }

    private static void MapOwn(IEndpointRouteBuilder routes, FamilyRequests requests, string path, RequestDelegate handler) =>
        routes.Map(path, requests.Around(OwnErrors.Family, handler));
}
