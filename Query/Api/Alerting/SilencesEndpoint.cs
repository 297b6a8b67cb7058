using System.Text.Json;
using TimeSeries.Alerting.Silences;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Query.Families;

namespace TimeSeries.Query.Api.Alerting;

/// <summary><c>/api/v1/silences</c>: which alerts of the caller's project nobody is told of. Thread safe.</summary>
internal sealed class SilencesEndpoint(AlertingAccess access)
{
    public Task ListAsync(HttpContext context) => access.RunAsync<SilenceBook>(context, book => JsonBody.WriteAsync(context, StatusCodes.Status200OK, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("silences");
        foreach (Silence silence in book.Of(context.User.Pcode()).Values)
        {
            Write(json, book, silence);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }));

    public Task FindAsync(HttpContext context) => access.RunAsync<SilenceBook>(context, book => book.Find(context.User.Pcode(), IdOf(context)) is { } silence
        ? JsonBody.WriteAsync(context, StatusCodes.Status200OK, json => Write(json, book, silence))
        : RefuseAsync(context));

    public Task PutAsync(HttpContext context) => access.ChangeAsync<SilenceBook>(context, async book =>
    {
        JsonElement body = await JsonBody.ReadAsync(context.Request);
        bool isThere = book.Find(context.User.Pcode(), IdOf(context)) is not null;
        Silence silence = book.Put(context.User.Pcode(), IdOf(context), body);
        await JsonBody.WriteAsync(context, isThere ? StatusCodes.Status200OK : StatusCodes.Status201Created, json => Write(json, book, silence));
    });

    public Task RemoveAsync(HttpContext context) => access.ChangeAsync<SilenceBook>(context, async book =>
    {
        if (!book.Delete(context.User.Pcode(), IdOf(context)))
        {
            await RefuseAsync(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    });

    private static string IdOf(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    private static Task RefuseAsync(HttpContext context) =>
        context.WriteErrorAsync(StatusCodes.Status404NotFound, $"There is no silence \"{IdOf(context)}\".");

    private static void Write(Utf8JsonWriter json, SilenceBook book, Silence silence)
    {
        json.WriteStartObject();
        SilenceBook.WriteFields(json, silence);
        json.WriteString("state", book.StateOf(silence));
        json.WriteEndObject();
    }
}
