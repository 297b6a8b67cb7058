using System.Diagnostics.CodeAnalysis;
using System.Net.Mime;
using Microsoft.OpenApi;
using TimeSeries.Hosting.Web;
using static TimeSeries.Hosting.OpenApi.ApiElements;
using static TimeSeries.Hosting.OpenApi.JsonSchema;

namespace TimeSeries.Hosting.OpenApi;

/// <summary>The endpoints that every host has, and the schemas and security schemes that families share.</summary>
internal sealed class HostDescription : IApiDescription
{
    private const string Ok = "\"ok\\n\"";

    public void AddTo(OpenApiDocument document)
    {
        document.AddComponent(ProblemSchema.Name, ProblemSchema.Create());
        SecuritySchemes.AddTo(document);
        document.AddOperations(
            "host", "The host itself: whether it is alive and makes progress, what it measures, what it serves.",
            Get("/healthz", "isAlive", "Whether the process answers", "For whoever restarts processes that hang. It says nothing of disk or store.",
                (200, Plain("It does.", Ok))),
            Get("/readyz", "isReady", "Whether the process makes progress", "For balancers: a host that isn't ready should get no requests.",
                (200, Plain("It does.", Ok)), (503, Plain("It does not; the body says why in a sentence.", "\"The log can't be written.\\n\""))),
            Metrics(),
            Get(OpenApiEndpoints.DocumentPath, "openapi", "This document", "What this host serves, in examples too. The page /docs shows it.",
                (200, Response("OpenAPI 3.1.", Json(Object().Open())))));
    }

    private static DescribedOperation Metrics()
    {
        DescribedOperation metrics = Get("/metrics", "metrics", "What the host measures, as Prometheus text",
            "Needs a token with scope admin, unless Metrics:AllowAnonymous is set; while no project is configured, callers on the same machine need none.",
            (200, Plain("Metrics in the text format 0.0.4.")),
            (400, ProblemSchema.Response("The project code is missing or no number.")),
            (401, ProblemSchema.Response("No token, or an unknown one.")),
            (403, ProblemSchema.Response("The token lacks the scope admin, or belongs to another project.")));
        metrics.Operation.Security = [SecuritySchemes.None, SecuritySchemes.Bearer, SecuritySchemes.TokenAndPcode];
        return metrics;
    }

    private static DescribedOperation Get(
        string path, string id, string summary, string description, params IEnumerable<(int Status, OpenApiResponse Response)> responses) => new(
            HttpMethod.Get, path, new()
            {
                OperationId = id,
                Summary = summary,
                Description = description,
                Security = [],
                Responses = Responses(responses.Append((405, ProblemSchema.Response("Another method than GET or HEAD."))).OrderBy(response => response.Item1)),
            });

    private static OpenApiResponse Plain(string description, [StringSyntax(StringSyntaxAttribute.Json)] string? example = null) =>
        Response(description, Content(MediaTypeNames.Text.Plain, String(), example));
}

/// <summary>How <see cref="Problem"/> looks. Every host describes it.</summary>
public static class ProblemSchema
{
    public const string Name = "Problem";

    /// <summary>The members that every problem has.</summary>
    public static OpenApiSchema Create() => Object(
        ("type", Enum(["about:blank"])),
        ("title", String("The status in words.")),
        ("status", Integer(400, 599)),
        ("detail", String("What is wrong, and what would be right."))).Described("Problem details (RFC 9457).");

    /// <summary>A response with a problem as its body.</summary>
    public static OpenApiResponse Response(string description, string schema = Name) =>
        ApiElements.Response(description, ApiElements.Content(Problem.ContentType, Ref(schema)));
}
