using System.Globalization;
using System.Text.Json;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Web;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Native;

/// <summary><c>POST /ingest/v1/batch</c>: batches in JSON or MessagePack, as rows, a table or columns. Thread safe.</summary>
internal sealed class NativeProtocol(IngestOptions options) : IBatchProtocol
{
    public const string Path = "/ingest/v1/batch";

    private readonly NativeRequestPool _requests = new();
    private readonly BodyLimits _limits = BodyLimits.Of(options);

    public TokenCheck Authenticate(HttpRequest request, ProjectDirectory projects) => TokenAuthenticator.Read(request, projects, Scopes.Ingest);

    public IngestProblem? TryBegin(HttpRequest request, AuthenticatedProject project, out IBatchRequest? push)
    {
        push = null;
        IngestProblem? problem = IngestHeaders.Read(request, out IngestHeaders headers);
        if (problem is null)
        {
            NativeRequest native = _requests.Rent();
            native.Headers = headers;
            native.Limits = _limits;
            push = native;
        }

        return problem;
    }

    public Task RefuseAsync(HttpContext context, TokenOutcome outcome) => TokenProblem.WriteAsync(context, outcome, Scopes.Ingest);

    public Task RefuseAsync(HttpContext context, IngestProblem problem) => RefuseAsync(context, problem, null, null);

    /// <summary>Writes a problem, with what is known of the samples where there is something, and the names that mean nothing here.</summary>
    public static Task RefuseAsync(HttpContext context, IngestProblem problem, IngestResult? result, UnknownNames? unknown)
    {
        if (problem.RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return Problem.WriteAsync(context, problem.Status, problem.Detail, json => Extend(json, problem, result, unknown));
    }

    private static void Extend(Utf8JsonWriter json, IngestProblem problem, IngestResult? result, UnknownNames? unknown)
    {
        if (problem.ByteOffset is { } offset)
        {
            json.WriteNumber("byteOffset"u8, offset);
        }

        if (problem.Field is { } field)
        {
            json.WriteString("field"u8, field);
        }

        if (result is not null)
        {
            json.WriteNumber("accepted"u8, result.Counts.Accepted);
            json.WriteNumber("rejected"u8, result.Counts.Rejected);
            JsonIngestResponse.WriteErrors(json, result.Errors);
        }

        if (unknown is { Count: > 0 })
        {
            JsonIngestResponse.WriteUnknown(json, unknown);
            json.WriteStartObject("nearest"u8);
            foreach (string name in unknown.List())
            {
                json.WriteString(name, BatchNames.FindNearest(name));
            }

            json.WriteEndObject();
        }
    }
}
