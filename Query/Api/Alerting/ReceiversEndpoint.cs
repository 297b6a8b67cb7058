using System.Text.Json;
using TimeSeries.Alerting.Notifications;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Query.Families;

namespace TimeSeries.Query.Api.Alerting;

/// <summary><c>/api/v1/receivers</c>: who is told of alerts of the caller's project. For administrators, also to read. Thread safe.</summary>
internal sealed class ReceiversEndpoint(AlertingAccess access)
{
    public Task ListAsync(HttpContext context) => access.RunAsync<AlertReceivers>(context, receivers =>
        JsonBody.WriteAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("receivers");
            foreach (ReceiverView view in receivers.List(context.User.Pcode()))
            {
                Write(json, view);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }));

    public Task FindAsync(HttpContext context) =>
        access.RunAsync<AlertReceivers>(context, receivers => WriteAsync(context, receivers, StatusCodes.Status200OK));

    public Task PutAsync(HttpContext context) => access.ChangeAsync<AlertReceivers>(context, async receivers =>
    {
        JsonElement body = await JsonBody.ReadAsync(context.Request);
        bool isThere = receivers.Find(context.User.Pcode(), NameOf(context)) is not null;
        receivers.Put(context.User.Pcode(), NameOf(context), body);
        await WriteAsync(context, receivers, isThere ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    });

    public Task RemoveAsync(HttpContext context) => access.ChangeAsync<AlertReceivers>(context, async receivers =>
    {
        if (!receivers.Delete(context.User.Pcode(), NameOf(context)))
        {
            await RefuseAsync(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    });

    /// <summary>Posts a notification that it is a test, and says what became of it.</summary>
    public Task TestAsync(HttpContext context) => access.RunAsync<AlertReceivers>(context, async receivers =>
    {
        if (await receivers.TestAsync(context.User.Pcode(), NameOf(context), context.RequestAborted) is not { } result)
        {
            await RefuseAsync(context);
            return;
        }

        await JsonBody.WriteAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("delivered", result.IsDelivered);
            if (result.Status is { } status)
            {
                json.WriteNumber("status", status);
            }

            if (!result.IsDelivered)
            {
                json.WriteString("reason", result.Reason);
            }

            json.WriteEndObject();
        });
    });

    private static string NameOf(HttpContext context) => (string)context.Request.RouteValues["name"]!;

    private static Task WriteAsync(HttpContext context, AlertReceivers receivers, int status) =>
        receivers.Find(context.User.Pcode(), NameOf(context)) is { } view
            ? JsonBody.WriteAsync(context, status, json => Write(json, view))
            : RefuseAsync(context);

    private static Task RefuseAsync(HttpContext context) =>
        context.WriteErrorAsync(StatusCodes.Status404NotFound, $"There is no receiver \"{NameOf(context)}\".");

    private static void Write(Utf8JsonWriter json, ReceiverView view)
    {
        json.WriteStartObject();
        AlertReceivers.WriteFields(json, view.Receiver);
        json.WriteStartObject("health");
        json.WriteNumber("waiting", view.WaitingCount);
        json.WriteNumber("failuresInARow", view.Health.FailuresInARow);
        WriteMoment(json, "lastSuccess", view.Health.LastSuccess);
        WriteMoment(json, "lastFailure", view.Health.LastFailure);
        if (view.Health.Reason is { } reason)
        {
            json.WriteString("reason", reason);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteMoment(Utf8JsonWriter json, string name, DateTimeOffset? moment)
    {
        if (moment is { } known)
        {
            json.WriteString(name, known.UtcDateTime);
        }
    }
}
