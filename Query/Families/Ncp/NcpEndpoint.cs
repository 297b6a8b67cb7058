using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Hosting.Projects;
using TimeSeries.Query.Responses;
using TimeSeries.Query.Scheduling;

namespace TimeSeries.Query.Families.Ncp;

/// <summary>
/// Everything under <c>/dashboards</c> and <c>/api/v1/dashboards</c> (NAVER Cloud Platform API Gateway, search of the event history).
/// Checks in the order: path, method, signature, body; then asks the store and writes the answer. Thread safe.
/// </summary>
internal sealed class NcpEndpoint(ProjectDirectory projects, QueryScheduler scans, TimeProvider clock)
{
    public const string Prefix = "/dashboards";
    public const string LongPrefix = "/api/v1/dashboards";

    /// <summary>The path behind either prefix.</summary>
    public const string Search = "/events/search";

    public async Task HandleAsync(HttpContext context)
    {
        if (context.Request.Path.Value?.TrimEnd('/') is not (Prefix + Search or LongPrefix + Search))
        {
            await NcpErrors.WriteAsync(context, StatusCodes.Status404NotFound, $"There are {Prefix}{Search} and {LongPrefix}{Search}.");
            return;
        }

        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = "POST";
            await NcpErrors.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "Only POST is answered here.");
            return;
        }

        (Project? project, string refusal) = NcpAccess.Check(context, projects, Timestamp.Now(clock));
        if (project is null)
        {
            await NcpErrors.WriteAsync(context, StatusCodes.Status401Unauthorized, refusal);
            return;
        }

        (NcpEventSearch? search, refusal) = await ReadAsync(context, project.Pcode);
        if (search is null)
        {
            await NcpErrors.WriteAsync(context, StatusCodes.Status400BadRequest, refusal);
            return;
        }

        QueryOutcome outcome = await scans.ListAsync(search.Query, context.RequestAborted);
        if (outcome.List is not { } events)
        {
            await NcpErrors.WriteAsync(context, outcome.Status, outcome.Message);
            return;
        }

        await WriteAsync(context, search, events);
    }

    private static async ValueTask<(NcpEventSearch? Search, string Refusal)> ReadAsync(HttpContext context, long pcode)
    {
        PipeReader reader = context.Request.BodyReader;
        ReadResult read;

        // The server ends a body that is too long.
        while (!(read = await reader.ReadAsync(context.RequestAborted)).IsCompleted)
        {
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }

        try
        {
            using var body = JsonDocument.Parse(read.Buffer);
            return NcpEventSearch.Read(body.RootElement, pcode);
        }
        catch (JsonException wrong)
        {
            return (null, $"The body is no JSON: {wrong.Message}");
        }
        finally
        {
            reader.AdvanceTo(read.Buffer.End);
        }
    }

    private static async Task WriteAsync(HttpContext context, NcpEventSearch search, SampleList events)
    {
        await using JsonResponse answer = await JsonResponse.StartAsync(context);
        Utf8JsonWriter json = answer.Json;
        json.WriteStartObject();
        json.WriteStartObject("events"u8);
        json.WriteStartArray("content"u8);
        for (int row = 0; row < events.RowCount; row++)
        {
            json.WriteStartObject();
            json.WriteString("time"u8, search.Zone.Show(events.Place(row).Time).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
            json.WriteString("level"u8, events.Text(row, NcpEventSearch.Level));
            json.WriteString("type"u8, events.Text(row, NcpEventSearch.Type));
            json.WriteString("message"u8, events.Text(row, NcpEventSearch.Message));
            json.WriteEndObject();
            await answer.FlushWhenFullAsync();
        }

        json.WriteEndArray();
        json.WriteNumber("total"u8, events.Total);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
