using Microsoft.OpenApi;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Hosting.Web;
using static TimeSeries.Hosting.OpenApi.ApiElements;
using static TimeSeries.Hosting.OpenApi.JsonSchema;

namespace TimeSeries.Query.Api.Alerting;

/// <summary>Describes operations about rules, silences and receivers.</summary>
internal static class AlertingOperations
{
    public static (int, OpenApiResponse)[] Ok(string description, string schema) => [(200, Response(description, Json(Ref(schema))))];

    public static (int, OpenApiResponse)[] Made(string what, string schema) =>
        [(200, Response($"{what}, changed.", Json(Ref(schema)))), (201, Response($"{what}, made.", Json(Ref(schema))))];

    public static (int, OpenApiResponse)[] Gone() => [(204, Response("It is gone."))];

    public static DescribedOperation Operation(
        HttpMethod method, string path, string id, string summary, OpenApiParameter? parameter, (int, OpenApiResponse)[] successes,
        IEnumerable<(int Status, string Description)> errors, string? scope = null, OpenApiRequestBody? body = null)
    {
        const string NotHere = "ules are not evaluated here (Alerting:Enabled).";
        scope ??= method == HttpMethod.Get ? "read" : "admin";
        string notFound = errors.FirstOrDefault(error => error.Status == 404).Description is { } missing ? $"{missing[..^1]}, or r{NotHere}" : $"R{NotHere}";
        IEnumerable<(int Status, string Description)> all =
        [
            .. body is null ? [] : (ReadOnlySpan<(int, string)>)[(400, "Something is wrong with the body; the response names the field and what is allowed.")],
            (401, "No token, or an unknown one."), (403, $"The token lacks the scope {scope}."),
            .. errors.Where(error => error.Status != 404), (404, notFound),
            (405, "Another method than those of this path; Allow names them."), (413, "The body is larger than the server takes."),
            (500, "The server failed; its log says why."),
        ];
        return new DescribedOperation(method, path, new OpenApiOperation
        {
            OperationId = id,
            Summary = summary,
            Description = $"Needs the scope {scope}.",
            Security = [SecuritySchemes.Bearer],
            Parameters = parameter is null ? null : [parameter],
            RequestBody = body,
            Responses = ApiElements.Responses(
            [
                .. successes,
                .. all.OrderBy(error => error.Status)
                    .Select(error => (error.Status, Response(error.Description, Content(Problem.ContentType, Ref(ProblemSchema.Name))))),
            ]),
        });
    }
}
