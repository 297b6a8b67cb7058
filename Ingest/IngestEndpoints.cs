using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest;

/// <summary>The endpoints of Ingest.</summary>
public static class IngestEndpoints
{
    /// <summary>Maps the endpoints. Needs <see cref="IngestServices.AddTimeSeriesIngest"/>.</summary>
    public static IEndpointRouteBuilder MapTimeSeriesIngest(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        BatchEndpoint endpoint = routes.ServiceProvider.GetRequiredService<BatchEndpoint>();
        foreach (IBatchProtocol protocol in routes.ServiceProvider.GetServices<IBatchProtocol>())
        {
            foreach (string path in protocol.Paths)
            {
                routes.MapPost(path, context => endpoint.HandleAsync(context, protocol));
            }
        }

        return routes;
    }
}
