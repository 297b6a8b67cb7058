using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest;

/// <summary>The endpoints of Ingest.</summary>
public static class IngestEndpoints
{
    /// <summary>Maps the endpoints. Needs <see cref="IngestServices.AddTimeSeriesIngest"/>.</summary>
    public static IEndpointRouteBuilder MapTimeSeriesIngest(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        foreach (IBatchProtocol protocol in routes.ServiceProvider.GetServices<IBatchProtocol>())
        {
            foreach (string path in protocol.Paths)
            {
                // At the first push: log, store and projects may be opened only when the host starts.
                routes.MapPost(path, context => context.RequestServices.GetRequiredService<BatchEndpoint>().HandleAsync(context, protocol));
            }
        }

        return routes;
    }
}
