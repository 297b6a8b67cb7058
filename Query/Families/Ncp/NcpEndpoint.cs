using System.Globalization;
using System.Text.Json;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Web;
using TimeSeries.Query.Responses;
using TimeSeries.Query.Scheduling;

namespace TimeSeries.Query.Families.Ncp;

/// <summary>The search for events: reads the body, queries the store and writes the response. Thread safe.</summary>
internal sealed class NcpEndpoint(QueryScheduler scans)
{
    public async Task HandleAsync(HttpContext context)
    {
        (NcpEventSearch? search, string refusal) = await ReadAsync(context, context.User.Pcode());
        if (search is null)
        {
            await context.WriteErrorAsync(StatusCodes.Status400BadRequest, refusal);
            return;
        }

        using QueryOutcome outcome = await scans.ListAsync(search.Query, context.RequestAborted);
        if (await outcome.SucceedsAsync(context))
        {
            await WriteAsync(context, search, outcome.List!);
        }
    }

    // The server ends a body that is too long.
    private static async ValueTask<(NcpEventSearch? Search, string Refusal)> ReadAsync(HttpContext context, long pcode)
    {
        try
        {
            using JsonDocument body = await ParseAsync(context);
            return NcpTexts.FindIllFormed(body.RootElement) is { } refusal ? (null, refusal) : NcpEventSearch.Read(body.RootElement, pcode);
        }
        catch (JsonException wrong)
        {
            return (null, $"The body is no JSON: {wrong.Message}");
        }
    }

    private static async ValueTask<JsonDocument> ParseAsync(HttpContext context)
    {
        try
        {
            return await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        }
        catch (Exception failure) when (BodyFault.Of(failure) is { } fault && !context.RequestAborted.IsCancellationRequested)
        {
            throw new BadHttpRequestException(fault.Detail, fault.Status, failure);
        }
    }

    private static async Task WriteAsync(HttpContext context, NcpEventSearch search, SampleList events)
    {
        await using JsonResponse response = await JsonResponse.StartAsync(context);
        Utf8JsonWriter json = response.Json;
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
            await response.FlushWhenFullAsync();
        }

        json.WriteEndArray();
        json.WriteNumber("total"u8, events.Total);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
