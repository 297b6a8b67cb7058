using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Projects;
using TimeSeries.Ingest.Backup;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest;

/// <summary>The endpoints of Ingest.</summary>
public static class IngestEndpoints
{
    /// <summary>Maps the endpoints. Needs <see cref="IngestServices.AddTimeSeriesIngest"/>.</summary>
    public static IEndpointRouteBuilder MapTimeSeriesIngest(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        foreach (BatchRoute route in routes.ServiceProvider.GetServices<BatchRoute>())
        {
            // Nothing is opened before the host starts, so the services are found when a request comes.
            IEndpointConventionBuilder endpoint = routes.MapPost(route.Path, context =>
                context.RequestServices.GetRequiredService<BatchEndpoint>().HandleAsync(context, route.Find(context.RequestServices)));
            if (route.IsRemoteCall)
            {
                endpoint.ExcludeFromDescription();
            }
        }

        routes.MapPost(BackupEndpoint.Path, context => context.RequestServices.GetRequiredService<BackupEndpoint>().HandleAsync(context))
            .RequireScope(Scopes.Admin, AuthenticationSetup.Token);
        foreach (SideRoute route in routes.ServiceProvider.GetServices<SideRoute>())
        {
            _ = route.Methods.Count == 0 ? routes.Map(route.Path, route.Respond) : routes.MapMethods(route.Path, route.Methods, route.Respond);
        }

        return routes;
    }

    /// <summary>Whether there are samples of users: of any project but the server's own. Call it once the host has started.</summary>
    public static bool HasTakenSamples(this IServiceProvider services) =>
        services.GetRequiredService<SequencedLog>().NextNumber > 0
        && (services.GetRequiredService<StoreRoute>().LogFed is not null || services.GetRequiredService<EmbeddedStore>().HasSamples);
}
