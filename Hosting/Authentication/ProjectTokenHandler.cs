using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Hosting.Authentication;

/// <summary>Authenticates by a token of a project. Where the token is, and how a refusal looks, is up to each API.</summary>
public abstract class ProjectTokenHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    private TokenOutcome _outcome = TokenOutcome.Missing;

    /// <summary>Reads the token. The scope is left to the endpoint's policy.</summary>
    protected abstract TokenCheck Read();

    /// <summary>Responds to a request whose token does not open the endpoint.</summary>
    protected abstract Task RefuseAsync(TokenOutcome outcome);

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        TokenCheck check = Read();
        _outcome = check.Outcome;
        return Task.FromResult(check.AuthenticatedProject is { } caller
            ? AuthenticateResult.Success(new AuthenticationTicket(caller.Principal, Scheme.Name))
            : AuthenticateResult.Fail(check.Outcome.ToString()));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        await Context.DelayWrongTokenAsync(_outcome);
        await RefuseAsync(_outcome);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => RefuseAsync(TokenOutcome.NoScope);
}

/// <summary>The schemes <see cref="AuthenticationSetup.Bearer"/> and <see cref="AuthenticationSetup.Token"/>, which refuse with a problem.</summary>
internal sealed class TokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ProjectDirectory projects)
    : ProjectTokenHandler(options, loggers, encoder)
{
    protected override TokenCheck Read() => Scheme.Name == AuthenticationSetup.Bearer
        ? TokenAuthenticator.ReadBearer(Request, projects)
        : TokenAuthenticator.Read(Request, projects, Scopes.None);

    protected override Task RefuseAsync(TokenOutcome outcome) =>
        TokenProblem.WriteAsync(Context, outcome, Context.GetEndpoint()!.Metadata.GetRequiredMetadata<RequiredScope>().Scope);
}
