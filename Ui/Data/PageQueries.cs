using Microsoft.AspNetCore.Components.Authorization;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Ui.Data;

/// <summary>Queries of one open page, about the project that its browser is signed in to.</summary>
public sealed class PageQueries(IPageReader reader, AuthenticationStateProvider state, ProjectDirectory projects, TimeProvider clock)
{
    /// <summary>The present, in ms.</summary>
    public long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The code of the project shown.</summary>
    public async Task<long> PcodeAsync() => (await state.GetAuthenticationStateAsync()).User.Pcode();

    /// <summary>Whether who looks may see what concerns other projects, as their token says now.</summary>
    public async Task<bool> IsAdminAsync() => (await state.GetAuthenticationStateAsync()).User.TokenHash() is { } hash
        && projects.Find(hash)?.Scopes.HasFlag(Scopes.Admin) == true;

    /// <summary>Whether the token still opens the page.</summary>
    public async Task<bool> IsSignedInAsync() => (await state.GetAuthenticationStateAsync()).User.Identity?.IsAuthenticated == true;

    /// <summary>Runs queries.</summary>
    /// <param name="make">Makes them for a project.</param>
    /// <param name="cancellationToken">Of the page, which may show something else by now.</param>
    public async Task<PageOutcome> QueryAsync(Func<long, SampleQuery[]> make, CancellationToken cancellationToken) =>
        await reader.QueryAsync(make(await PcodeAsync()), cancellationToken);

    /// <summary>Lists samples.</summary>
    public async Task<PageOutcome> ListAsync(Func<long, ListQuery> make, CancellationToken cancellationToken) =>
        await reader.ListAsync(make(await PcodeAsync()), cancellationToken);

    /// <summary>Runs a request of <c>/api/v1/aggregate</c>, for a part of its rows.</summary>
    public async Task<PageOutcome> AggregateAsync(string queryString, Range rows, CancellationToken cancellationToken) =>
        await reader.AggregateAsync(await PcodeAsync(), queryString, rows, cancellationToken);
}
