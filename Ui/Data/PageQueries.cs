using Microsoft.AspNetCore.Components.Authorization;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Hosting.Authentication;

namespace TimeSeries.Ui.Data;

/// <summary>Queries of one open page, about the project that its browser is signed in to.</summary>
public sealed class PageQueries(IPageReader reader, AuthenticationStateProvider state, TimeProvider clock)
{
    /// <summary>The present, in ms.</summary>
    public long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The code of the project shown.</summary>
    public async Task<long> PcodeAsync() => (await state.GetAuthenticationStateAsync()).User.Pcode();

    /// <summary>Runs queries.</summary>
    /// <param name="make">Makes them for a project.</param>
    /// <param name="cancellationToken">Of the page, which may show something else by now.</param>
    public async Task<PageOutcome> QueryAsync(Func<long, SampleQuery[]> make, CancellationToken cancellationToken) =>
        await reader.QueryAsync(make(await PcodeAsync()), cancellationToken);

    /// <summary>Lists samples.</summary>
    public async Task<PageOutcome> ListAsync(Func<long, ListQuery> make, CancellationToken cancellationToken) =>
        await reader.ListAsync(make(await PcodeAsync()), cancellationToken);
}
