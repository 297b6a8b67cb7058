using Microsoft.AspNetCore.Components.Authorization;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Ui.Data;

/// <summary>Queries of one open page, about the project that its browser is signed in to.</summary>
public sealed class PageQueries(
    IPageReader reader, AuthenticationStateProvider state, ProjectDirectory projects, SharedResults shared, TimeProvider clock)
{
    private TaskCompletionSource _visible = Seen();

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

    /// <summary>The time of the newest sample of a kind, in ms; null where there is none or it can't be told.</summary>
    public async Task<long?> FindNewestAsync(Kind kind, CancellationToken cancellationToken)
    {
        using PageOutcome outcome = await ListAsync(
            pcode => new ListQuery { Pcode = pcode, Kind = kind, Range = new TimeRange(0, Now + 1), Fields = [KindSchema.Time], Limit = 1 }, cancellationToken);
        return outcome.List is { RowCount: > 0 } list ? list.Place(0).Time : null;
    }

    /// <summary>A result that all pages of the project share which ask for the same while it stands.</summary>
    public async Task<T> ShareAsync<T>(string key, TimeSpan least, Func<Task<T>> make) =>
        await shared.GetAsync($"{await PcodeAsync()} {key}", least, make);

    /// <summary>Says whether somebody sees the page.</summary>
    public void SetVisible(bool isVisible)
    {
        if (!isVisible && _visible.Task.IsCompleted)
        {
            _visible = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        else if (isVisible)
        {
            _visible.TrySetResult();
        }
    }

    /// <summary>
    /// Looks again and again, while somebody sees the page and may: whose token was taken away is led to where one signs in. Ends when it is cancelled.
    /// </summary>
    /// <param name="period">The time between two looks.</param>
    /// <param name="look">Looks once.</param>
    /// <param name="cancellationToken">Of the part of the page that shows it.</param>
    public async Task FollowAsync(TimeSpan period, Func<Task> look, CancellationToken cancellationToken)
    {
        try
        {
            do
            {
                await Task.Delay(period, clock, cancellationToken);
                await _visible.Task.WaitAsync(cancellationToken);
                if (!await IsSignedInAsync())
                {
                    return;
                }

                await look();
            }
            while (!cancellationToken.IsCancellationRequested);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Something else is shown by now.
        }
    }

    private static TaskCompletionSource Seen()
    {
        TaskCompletionSource seen = new();
        seen.SetResult();
        return seen;
    }
}
