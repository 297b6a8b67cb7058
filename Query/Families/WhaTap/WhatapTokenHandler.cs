using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Query.Families.WhaTap;

/// <summary>Authenticates by the headers <c>x-whatap-token</c> and <c>x-whatap-pcode</c>.</summary>
internal sealed class WhatapTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ProjectDirectory projects)
    : ProjectTokenHandler(options, loggers, encoder)
{
    protected override TokenCheck Read() => TokenAuthenticator.ReadWhatap(Request, projects);

    protected override Task RefuseAsync(TokenOutcome outcome)
    {
        (int status, string detail) = outcome switch
        {
            TokenOutcome.Missing => (StatusCodes.Status401Unauthorized, $"The header {TokenAuthenticator.WhatapToken} is missing."),
            TokenOutcome.Unknown => (StatusCodes.Status401Unauthorized, "The token is unknown."),
            TokenOutcome.NoPcode => (StatusCodes.Status400BadRequest, $"The header {TokenAuthenticator.WhatapPcode} must be a project code, a number."),
            TokenOutcome.WrongProject => (StatusCodes.Status403Forbidden, "The token does not belong to this project."),
            TokenOutcome.NoScope => (StatusCodes.Status403Forbidden, "The token may not read."),
            TokenOutcome.Granted => throw new ArgumentOutOfRangeException(nameof(outcome)),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
        };
        return Context.WriteErrorAsync(status, detail);
    }
}
