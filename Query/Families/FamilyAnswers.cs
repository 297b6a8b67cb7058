using System.Collections.Immutable;
using TimeSeries.Hosting.Description;

namespace TimeSeries.Query.Families;

/// <summary>The errors that every family may answer, for its description: those of the HTTP server, of <see cref="FamilyRequests"/> and of the scan.</summary>
internal static class FamilyAnswers
{
    private static readonly (int Status, string Description)[] _common =
    [
        (405, "Another method than those of this path; Allow names them."),
        (413, "The request has a body that is larger than the server takes."),
        (422, "The question needs more samples (Query:MaxRows) or groups (Query:MaxGroups) than it may; ask for less."),
        (500, "The server failed; its log says why."),
        (503, "The store gave no whole answer; ask again later."),
        (504, "The question took longer than Query:Timeout; ask for a shorter range."),
    ];

    /// <summary>Errors with bodies of the family's shape, in the order of their statuses: the common ones and those given.</summary>
    /// <param name="body">Makes the body of a status.</param>
    /// <param name="own">Statuses with what they mean here; they win over the common ones.</param>
    public static ImmutableArray<ApiAnswer> Errors(Func<int, ApiContent> body, params (int Status, string Description)[] own) =>
    [
        .. own.Concat(_common).DistinctBy(error => error.Status).OrderBy(error => error.Status)
            .Select(error => new ApiAnswer(error.Status, error.Description, body(error.Status))),
    ];
}
