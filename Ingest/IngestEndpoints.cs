using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest;

/// <summary>The endpoints of Ingest.</summary>
public static class IngestEndpoints
{
    /// <summary>Maps the endpoints. Needs <see cref="IngestServices.AddTimeSeriesIngest"/>.</summary>
    public static IEndpointRouteBuilder MapTimeSeriesIngest(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        routes.MapPost(BatchEndpoint.Path, static context => context.RequestServices.GetRequiredService<BatchEndpoint>().HandleAsync(context));
        return routes;
    }
}
