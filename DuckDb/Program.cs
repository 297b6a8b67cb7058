using System.Buffers;
using System.Net;
using System.Text.Json;
using DuckDB.NET.Data;
using TimeSeries.DuckDb;

if (args is not [string argument])
{
    await Console.Error.WriteLineAsync("Expected a folder for the database file, or --version.");
    return 1;
}

if (argument == "--version")
{
    Console.WriteLine($"DuckDB {TransactionTable.Version}");
    return 0;
}

using TransactionTable table = new(argument);
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.Listen(IPAddress.Loopback, port: 0);
    kestrel.Limits.MaxRequestBodySize = null;
});
await using WebApplication app = builder.Build();
app.Use(async (context, next) =>
{
    try
    {
        await next(context);
    }
    catch (Exception fault) when (fault is DuckDBException or InvalidDataException)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        await context.Response.WriteAsync(fault.Message);
    }
});
app.MapPost("/rows", async (HttpRequest request) =>
{
    int length = (int)request.ContentLength.GetValueOrDefault();
    byte[] body = ArrayPool<byte>.Shared.Rent(length);
    await request.Body.ReadExactlyAsync(body.AsMemory(0, length));
    table.Append(body.AsSpan(0, length));
    ArrayPool<byte>.Shared.Return(body);
});
app.MapGet("/rows", (string query) =>
{
    ArrayBufferWriter<byte> buffer = new();
    using Utf8JsonWriter json = new(buffer);
    table.Query(query, json);
    json.Flush();
    return Results.Bytes(buffer.WrittenMemory, "application/json");
});
app.MapPost("/checkpoint", () => table.Checkpoint());
await app.StartAsync();
Console.WriteLine($"DuckDB {TransactionTable.Version} listens on {app.Urls.First()}");
await app.WaitForShutdownAsync();
return 0;
