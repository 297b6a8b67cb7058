using TimeSeries.Hosting.Web;

namespace TimeSeries.Query.Families.AlertHistory;

/// <summary>How the Alert History API tells errors: problem details (RFC 9457).</summary>
internal static class AlertErrors
{
    public static ApiFamily Family { get; } = new("alert-history", static (context, status, message) => Problem.WriteAsync(context, status, message));

    /// <summary>Answers 400 with everything that is wrong with the parameters, by parameter.</summary>
    public static Task WriteAsync(HttpContext context, BadParameters wrong) =>
        Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "The parameters are not valid; errors says why.", wrong.Write);
}
