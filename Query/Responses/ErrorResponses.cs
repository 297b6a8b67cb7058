using Microsoft.OpenApi;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Query.Families;

namespace TimeSeries.Query.Responses;

/// <summary>The errors of every family, for its description: those of the HTTP server, of <see cref="FamilyRequests"/> and of the scan.</summary>
internal static class ErrorResponses
{
    private static readonly (int Status, string Description)[] _common =
    [
        (405, "Another method than those of this path; Allow names them."),
        (413, "The request has a body that is larger than the server takes."),
        (422, "The query needs more samples (Query:MaxRows), groups (Query:MaxGroups) or memory (Query:MaxResultBytes) than it may; ask for less."),
        (500, "The server failed; its log says why."),
        (503, "The store gave no whole response, or nobody reads the results of the project (Query:MaxHeldBytes); ask again later."),
        (504, "The query took longer than Query:Timeout; ask for a shorter range."),
    ];

    /// <summary>A success and the errors, with bodies of the family's schema, in the order of their statuses.</summary>
    /// <param name="success">The response of status 200.</param>
    /// <param name="body">Makes the body of an error's status.</param>
    /// <param name="errors">Statuses with what they mean here; they win over the common ones.</param>
    public static OpenApiResponses After(
        OpenApiResponse success, Func<int, KeyValuePair<string, OpenApiMediaType>> body, params IEnumerable<(int Status, string Description)> errors) =>
        ApiElements.Responses(
        [
            (200, success),
            .. errors.Concat(_common).DistinctBy(error => error.Status).OrderBy(error => error.Status)
                .Select(error => (error.Status, ApiElements.Response(error.Description, body(error.Status)))),
        ]);
}
