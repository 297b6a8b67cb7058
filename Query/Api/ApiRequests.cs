using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Web;
using TimeSeries.Query.Families;

namespace TimeSeries.Query.Api;

/// <summary>What every endpoint under <c>/api/v1</c> checks first: method, then Bearer token with scope read. Thread safe.</summary>
internal sealed class ApiRequests(ProjectDirectory projects)
{
    /// <summary>The caller's project; null when the request was refused and answered.</summary>
    public async ValueTask<Project?> AdmitAsync(HttpContext context)
    {
        if (!RequestMethods.IsRead(context))
        {
            await Problem.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, RequestMethods.OnlyReads);
            return null;
        }

        TokenCheck check = TokenAuthenticator.ReadBearer(context.Request, projects, Scopes.Read);
        if (check.IsGranted)
        {
            return check.AuthenticatedProject.Project;
        }

        await TokenProblem.WriteAsync(context, check.Outcome, Scopes.Read);
        return null;
    }
}

/// <summary>How <c>/api/v1</c> tells errors: problem details (RFC 9457).</summary>
internal static class ApiErrors
{
    public static ApiFamily Family { get; } = new("own", static (context, status, message) => Problem.WriteAsync(context, status, message));
}
