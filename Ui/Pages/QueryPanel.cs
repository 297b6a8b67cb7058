using Microsoft.AspNetCore.Components;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Ui.Data;

namespace TimeSeries.Ui.Pages;

/// <summary>
/// A part of a view that shows results of queries. It queries when what it is about has changed, where the last query wins, and again and again while its
/// range goes on and its tab is visible. Live results are shared by all who look at the same thing.
/// </summary>
/// <typeparam name="TContent">What is taken from the results.</typeparam>
public abstract class QueryPanel<TContent> : ComponentBase, IDisposable
    where TContent : class
{
    private readonly CancellationTokenSource _gone = new();
    private CancellationTokenSource? _running;
    private string? _shown;
    private PanelResult<TContent>? _last;

    [Inject]
    protected PageQueries Queries { get; set; } = null!;

    [CascadingParameter]
    protected PageView View { get; set; } = null!;

    [CascadingParameter]
    protected PageZone Zone { get; set; } = null!;

    protected PanelState State { get; private set; }

    /// <summary>What there is to see; null where there is nothing.</summary>
    protected TContent? Content { get; private set; }

    /// <summary>Why there is nothing to see; null where there is something.</summary>
    protected string? Fault { get; private set; }

    /// <summary>What is missing in what is to be seen; null when it is whole.</summary>
    protected string? Note { get; private set; }

    /// <summary>What the panel is about, beside the address.</summary>
    protected abstract string Subject { get; }

    /// <summary>The kind whose newest sample is named where the range has none; null for no kind.</summary>
    protected virtual Kind? EmptyKind => null;

    /// <summary>How long a result stands in a live range, at least.</summary>
    protected virtual TimeSpan Period => LiveBudget.Shortest;

    /// <summary>Runs the queries and takes out of the results what is to be shown.</summary>
    /// <param name="range">The times shown.</param>
    /// <param name="cancellationToken">Of this panel, or of nobody where others share the result.</param>
    protected abstract Task<PanelResult<TContent>> ReadAsync(TimeRange range, CancellationToken cancellationToken);

    protected override async Task OnParametersSetAsync()
    {
        string wanted = $"{View.With()} {Zone.Name} {Subject}";
        if (wanted == _shown || !RendererInfo.IsInteractive)
        {
            return;
        }

        _shown = wanted;
        _running?.Cancel();
        _running?.Dispose();
        _running = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token);
        CancellationToken token = _running.Token;
        State = PanelState.Loading;
        try
        {
            Show(await LoadAsync(wanted, token), token);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // Something else is shown by now.
            return;
        }

        if (View.IsLive && !token.IsCancellationRequested)
        {
            _ = FollowAsync(wanted, token);
        }
    }

    /// <summary>One query, whose result takes the shape of the panel.</summary>
    protected async Task<PanelResult<TContent>> QueryAsync(
        Func<long, SampleQuery[]> make, Func<IReadOnlyList<QueryResult>, TContent?> take, CancellationToken cancellationToken)
    {
        using PageOutcome outcome = await Queries.QueryAsync(make, cancellationToken);
        return outcome.Fault is { } fault ? new PanelResult<TContent>(null, fault) : new PanelResult<TContent>(take(outcome.Results)) { Note = outcome.Note };
    }

    /// <summary>One list of samples, which takes the shape of the panel.</summary>
    protected async Task<PanelResult<TContent>> ListAsync(
        Func<long, ListQuery> make, Func<SampleList, TContent?> take, CancellationToken cancellationToken)
    {
        using PageOutcome outcome = await Queries.ListAsync(make, cancellationToken);
        return outcome.Fault is { } fault ? new PanelResult<TContent>(null, fault) : new PanelResult<TContent>(take(outcome.List!)) { Note = outcome.Note };
    }

    // Shows the present for as long as nothing else is wanted.
    private async Task FollowAsync(string wanted, CancellationToken token)
    {
        try
        {
            await Queries.FollowAsync(LiveBudget.Shortest, () => LookAsync(wanted, token), token);
        }
        catch (Exception fault)
        {
            await DispatchExceptionAsync(fault);
        }
    }

    // What is the same is not drawn again.
    private async Task LookAsync(string wanted, CancellationToken token)
    {
        PanelResult<TContent> result = await LoadAsync(wanted, token);
        if (result != _last)
        {
            await InvokeAsync(() =>
            {
                Show(result, token);
                StateHasChanged();
            });
        }
    }

    private async Task<PanelResult<TContent>> LoadAsync(string wanted, CancellationToken token)
    {
        TimeRange range = View.Resolve(Queries.Now, Zone);
        return View.IsLive
            ? await Queries.ShareAsync($"{GetType().Name} {wanted}", Period, () => ReadAllAsync(range, CancellationToken.None)).WaitAsync(token)
            : await ReadAllAsync(range, token);
    }

    private async Task<PanelResult<TContent>> ReadAllAsync(TimeRange range, CancellationToken token)
    {
        PanelResult<TContent> result = await ReadAsync(range, token);
        return result is { Content: null, Fault: null } && EmptyKind is { } kind ? result with { Newest = await Queries.FindNewestAsync(kind, token) } : result;
    }

    private void Show(PanelResult<TContent> result, CancellationToken token)
    {
        if (token.IsCancellationRequested)
        {
            return;
        }

        _last = result;
        Content = result.Content;
        Note = result.Note;
        Fault = result.Fault ?? (result.Newest is { } newest ? $"No samples in this range; the newest is of {Zone.Show(newest)} {Zone.Name}." : null);
        State = result.Fault is not null ? PanelState.Failed : Content is not null ? PanelState.Filled : PanelState.Empty;
    }

    public void Dispose()
    {
        _gone.Cancel();
        _running?.Dispose();
        _gone.Dispose();
        GC.SuppressFinalize(this);
    }
}
