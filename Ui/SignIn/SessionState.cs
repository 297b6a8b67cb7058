using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.Logging;
using TimeSeries.Hosting.Authentication;

namespace TimeSeries.Ui.SignIn;

/// <summary>Who looks at an open page. Each minute it is checked that the session goes on, and that the token still exists and may read.</summary>
internal sealed class SessionState(ILoggerFactory loggers, CallerWatch watch) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromMinutes(1);

    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        Task.FromResult(watch.MayRead(authenticationState.User));
}
