namespace TimeSeries.Query;

/// <summary>The endpoints of the Query host: every API family, each from its own folder.</summary>
public static class QueryEndpoints
{
    /// <summary>Maps the endpoints. Needs <see cref="QueryServices.AddTimeSeriesQuery"/>.</summary>
    public static IEndpointRouteBuilder MapTimeSeriesQuery(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        return routes;
    }
}
