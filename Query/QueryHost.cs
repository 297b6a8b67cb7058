using Microsoft.Extensions.Options;
using TimeSeries.Alerting;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Reading;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Running;
using TimeSeries.Hosting.Storage;
using TimeSeries.Query.Api.Alerting;

namespace TimeSeries.Query;

/// <summary>
/// Query as a process of its own, over InfluxDB. There may be several, all with the same projects. It keeps no file but the keys of the page's sessions.
/// </summary>
public static class QueryHost
{
    /// <summary>Builds the host; nothing is opened before it starts.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="replace">Registers other services in place of the host's own: a clock, a log.</param>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? replace = null)
    {
        WebApplicationBuilder builder = HostSetup.CreateBuilder(args, "timeseries-query", program: typeof(QueryHost).Assembly);
        builder.Services.AddInflux(InfluxRoles.Reader);
        builder.Services.AddSharedStoreRules("Query");
        builder.Services.AddProjects();
        builder.Services.AddSingleton<ISampleReader>(provider => provider.GetRequiredService<InfluxReader>());
        builder.Services.AddTimeSeriesQuery(builder.Configuration);
        builder.Services.AddSingleton<IAlertWriter, RemoteAlertWriter>();
        builder.Services.AddSingleton<IValidateOptions<AlertingOptions>, RemoteAlertingRule>();
        replace?.Invoke(builder.Services);

        WebApplication app = builder.Build();
        app.UseHostDefaults();
        app.UseTimeSeriesQuery();
        app.MapHostDefaults();
        app.MapTimeSeriesQuery();
        return app;
    }
}
