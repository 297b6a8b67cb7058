using System.Globalization;
using System.Net;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using OtelShop;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Services.AddHttpClient();
builder.Services.AddSingleton<Counts>();
builder.Services.AddSingleton<Database>();
builder.Services.AddTransient<CountedHttp>();
builder.Services.AddSingleton(NpgsqlDataSource.Create(
    builder.Configuration.GetConnectionString("Shop") ?? "Host=127.0.0.1;Database=postgres;Username=postgres"));

// All that is here for OpenTelemetry. Where telemetry goes is said by the variables OTEL_… alone.
builder.Services.AddOpenTelemetry()
    .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddNpgsql())
    .WithMetrics(metrics => metrics.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation())
    .WithLogging()
    .UseOtlpExporter();

WebApplication app = builder.Build();
app.Use(app.Services.GetRequiredService<Counts>().CountRequestAsync);

// Two statements, one with a value in its text.
app.MapGet("/cart/{id:int}", async (int id, HttpContext context, Database database) =>
{
    object? price = await database.RunAsync(context, "SELECT price, pg_sleep(0.01) FROM product WHERE id = $1", id % 10);
    string amount = id.ToString(CultureInfo.InvariantCulture);
    await database.RunAsync(context, $"INSERT INTO sale (product, amount, note) VALUES ({id % 10}, {amount}, 'cart {amount}')");
    return $"cart {id}: {price}\n";
});

// A statement, and two calls of other services, which have statements of their own, are not found or fail.
app.MapGet("/checkout/{id:int}", async (int id, HttpContext context, Database database, CountedHttp http) =>
{
    await database.RunAsync(context, "SELECT price FROM product WHERE id = $1", id % 10);
    HttpStatusCode shelf = await http.GetAsync(context, $"/shelf/{id}");
    HttpStatusCode pay = await http.GetAsync(context, $"/pay/{id}");
    return pay == HttpStatusCode.OK ? Results.Text($"checkout {id}: {shelf}\n") : Results.StatusCode(StatusCodes.Status502BadGateway);
});
app.MapGet("/shelf/{id:int}", async (int id, HttpContext context, Database database) =>
{
    await database.RunAsync(context, "SELECT count(*), pg_sleep(0.02) FROM sale WHERE product = $1", id % 10);
    return id % 4 == 0 ? Results.NotFound() : Results.Text("there\n");
});
app.MapGet("/pay/{id:int}", (int id) => id % 5 == 0 ? Results.StatusCode(StatusCodes.Status503ServiceUnavailable) : Results.Text("paid\n"));

// An exception that nobody handles, of the application and of the database.
app.MapGet("/broken", string () => throw new InvalidOperationException("The shelf is broken."));
app.MapGet("/report", async (HttpContext context, Database database) =>
    $"{await database.RunAsync(context, "SELECT total FROM no_such_table")}\n");

// Exceptions that are handled and logged: as an error, and as a warning.
app.MapGet("/refund/{id:int}", async (int id, HttpContext context, Database database, Counts counts, ILogger<Program> logger) =>
{
    try
    {
        await database.RunAsync(context, "SELECT $1 / 0", id);
        return Results.Ok();
    }
    catch (PostgresException exception)
    {
        counts.AddException(context, exception);
        Messages.RefundFailed(logger, exception, id);
        return Results.Conflict();
    }
});
app.MapGet("/supplier", async (HttpContext context, CountedHttp http, Counts counts, ILogger<Program> logger) =>
{
    try
    {
        // Nobody listens there.
        await http.GetAsync(context, "http://127.0.0.1:9/order");
        return Results.Ok();
    }
    catch (HttpRequestException exception)
    {
        counts.AddException(context, exception);
        Messages.SupplierGone(logger, exception);
        return Results.StatusCode(StatusCodes.Status502BadGateway);
    }
});

// What the application counted itself, to be compared with what came of its telemetry.
app.MapGet("/counts", (Counts counts) => counts.All);

await app.Services.GetRequiredService<Database>().CreateAsync();
await app.RunAsync();
