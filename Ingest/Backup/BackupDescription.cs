using Microsoft.OpenApi;
using TimeSeries.Hosting.OpenApi;
using static TimeSeries.Hosting.OpenApi.ApiElements;

namespace TimeSeries.Ingest.Backup;

/// <summary>Describes <see cref="BackupEndpoint"/>.</summary>
internal sealed class BackupDescription : IApiDescription
{
    public void AddTo(OpenApiDocument document) => document.AddOperations(
        "backup", "Who runs the server copies it.", new DescribedOperation(HttpMethod.Post, BackupEndpoint.Path, Backup()));

    private static OpenApiOperation Backup() => new()
    {
        OperationId = "backup",
        Summary = "The files of the node, while it runs",
        Description = "A tar stream of a storage directory that has everything acknowledged before the request: samples of all projects, idempotency keys, "
            + "rules, silences, receivers, and the tokens that the server made. The last file, backup.json, lists all with their lengths and CRC-32C; without "
            + "it the stream is not complete. The command backup of the Server reads it.",
        Security = [SecuritySchemes.Bearer, SecuritySchemes.TokenAndPcode],
        Responses = Responses(
            (200, Response("The stream.", Content(BackupEndpoint.ContentType, JsonSchema.String()))),
            (400, ProblemSchema.Response("The project code is missing or no number.")),
            (401, ProblemSchema.Response("No token, or an unknown one.")),
            (403, ProblemSchema.Response("The token lacks the scope admin, or belongs to a project that may not have what others have.")),
            (405, ProblemSchema.Response("Another method than POST."))),
    };
}
