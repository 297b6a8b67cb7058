namespace TimeSeries.Hosting.Description;

/// <summary>The endpoints that every host has.</summary>
internal sealed class HostDescription : IApiDescription
{
    private const string Ok = "\"ok\\n\"";

    public ApiPart Describe() => new("host", "The host itself: whether it is alive and makes progress, what it measures, what it serves.")
    {
        Operations =
        [
            Get("/healthz", "isAlive", "Whether the process answers") with { Answers = [Text(200, "It does.", Ok)] },
            Get("/readyz", "isReady", "Whether the process makes progress") with
            {
                Answers = [Text(200, "It does.", Ok), Text(503, "It does not; the body says why in a sentence.", "\"The log can't be written.\\n\"")],
            },
            Get("/metrics", "metrics", "What the host measures, as Prometheus text") with
            {
                Description = "Needs no token from a peer on the same machine that calls it by a loopback name, and otherwise one with scope admin.",
                Security = [[], KnownSchemes.WithBearer, KnownSchemes.WithPcode],
                Answers =
                [
                    Text(200, "Metrics in the text format 0.0.4."),
                    ProblemShape.Answer(400, "The project code is missing or no number."),
                    ProblemShape.Answer(401, "No token, or an unknown one."),
                    ProblemShape.Answer(403, "The token lacks the scope admin, or belongs to another project."),
                ],
            },
            Get(DescriptionEndpoints.DocumentPath, "openapi", "This document") with
            {
                Answers = [new ApiAnswer(200, "OpenAPI 3.1.", new ApiContent(ApiContent.Json, Shape.Record() with { IsOpen = true }))],
            },
        ],
        Schemas = [(ProblemShape.Name, ProblemShape.Shape)],
        Schemes = [KnownSchemes.Bearer, KnownSchemes.Token, KnownSchemes.Pcode],
    };

    private static ApiOperation Get(string path, string id, string summary) => new("get", path) { Id = id, Summary = summary, Answers = [] };

    private static ApiAnswer Text(int status, string description, string? example = null) =>
        new(status, description, new ApiContent(ApiContent.Plain, Shape.Text, example));
}
