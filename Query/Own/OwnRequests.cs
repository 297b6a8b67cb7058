using TimeSeries.Hosting.Projects;
using TimeSeries.Query.Families;

namespace TimeSeries.Query.Own;

/// <summary>What every endpoint under <c>/api/v1</c> checks first: method, then Bearer token with scope read.</summary>
internal sealed class OwnRequests(ProjectDirectory projects)
{
    /// <summary>The caller's project; null when the request was refused and answered.</summary>
    public async ValueTask<Project?> AdmitAsync(HttpContext context)
    {
        if (!RequestMethods.IsRead(context))
        {
            await OwnErrors.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, RequestMethods.OnlyReads);
            return null;
        }

        TokenCheck check = TokenReader.ReadBearer(context.Request, projects, Scopes.Read);
        if (check.IsGranted)
        {
            return check.Grant.Project;
        }

        (int status, string message) = OwnErrors.Of(check.Outcome);
        await OwnErrors.WriteAsync(context, status, message);
        return null;
    }
}
