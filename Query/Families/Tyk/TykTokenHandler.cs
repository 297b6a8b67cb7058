using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Query.Families.Tyk;

/// <summary>Authenticates by the header <c>authorization</c>: the vendor's clients send the bare token, others the usual form.</summary>
internal sealed class TykTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ProjectDirectory projects)
    : ProjectTokenHandler(options, loggers, encoder)
{
    protected override TokenCheck Read() => TokenAuthenticator.ReadRaw(Request, projects);

    protected override Task RefuseAsync(TokenOutcome outcome) => outcome == TokenOutcome.NoScope
        ? Context.WriteErrorAsync(StatusCodes.Status403Forbidden, "The token may not read.")
        : Context.WriteErrorAsync(StatusCodes.Status401Unauthorized, "Not authorised");
}
