using System.Diagnostics;
using System.Globalization;
using TimeSeries.Agent;
using TimeSeries.Agent.Samples;
using TimeSeries.Shop;

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddHttpClient();
builder.Services.AddHostedService<PriceUpdate>();

// The whole agent. Endpoint and token come from the environment; jobs of this source become transactions.
builder.Services.AddTimeSeriesAgent(options => options.Sources.Add(PriceUpdate.Source.Name));

WebApplication app = builder.Build();

// A transaction for each request, a call to another service in it.
app.MapGet("/cart/{id}", async (int id, HttpRequest request, HttpClient http) =>
{
    string left = await http.GetStringAsync(new Uri($"http://{request.Host}/shelf/{id}"));
    return $"cart {id}: {left} left\n";
});
app.MapGet("/shelf/{id}", async (int id) =>
{
    await Task.Delay(id % 50);
    return (id % 7).ToString(CultureInfo.InvariantCulture);
});

// An error, with the exception that made it.
app.MapGet("/broken", string () => throw new InvalidOperationException("The shelf is broken."));

// A sample of the application's own.
app.MapPost("/sale", (TimeSeriesAgent agent) =>
    agent.Push(new EventSample { Level = "EVENT", Type = "ES010", Message = "A sale began." }));

// What became of the samples.
app.MapGet("/agent", (TimeSeriesAgent agent) => agent.Statistics.ToString());

app.Run();

namespace TimeSeries.Shop
{
    /// <summary>A job without HTTP: an activity without a parent is a transaction too.</summary>
    internal sealed class PriceUpdate : BackgroundService
    {
        private static readonly TimeSpan _interval = TimeSpan.FromSeconds(10);

        public static ActivitySource Source { get; } = new("Shop.Jobs");

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            using PeriodicTimer timer = new(_interval);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                using Activity? job = Source.StartActivity("price update");
                await Task.Delay(TimeSpan.FromMilliseconds(20), stoppingToken);
            }
        }
    }
}
