using TimeSeries.Hosting.Web;
using TimeSeries.Query.Families;

namespace TimeSeries.Query.Api;

/// <summary>How <c>/api/v1</c> tells errors: problem details (RFC 9457).</summary>
internal static class ApiErrors
{
    public static ApiFamily Family { get; } = new("own", static (context, status, message) => Problem.WriteAsync(context, status, message));
}
