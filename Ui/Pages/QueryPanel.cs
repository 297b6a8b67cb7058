using Microsoft.AspNetCore.Components;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Ui.Data;

namespace TimeSeries.Ui.Pages;

/// <summary>A part of a view that shows results of queries. It queries again when what it is about has changed; the last query wins.</summary>
public abstract class QueryPanel : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private CancellationTokenSource? _running;
    private string? _shown;

    [Inject]
    protected PageQueries Queries { get; set; } = null!;

    [CascadingParameter]
    protected PageView View { get; set; } = null!;

    [CascadingParameter]
    protected PageZone Zone { get; set; } = null!;

    protected PanelState State { get; private set; }

    /// <summary>Why there is nothing to see; null where there is something.</summary>
    protected string? Fault { get; private set; }

    protected TimeRange Range { get; private set; }

    /// <summary>What the panel is about, beside the address.</summary>
    protected abstract string Subject { get; }

    /// <summary>Runs the queries.</summary>
    protected abstract Task<PageOutcome> RunAsync(CancellationToken cancellationToken);

    /// <summary>Takes what is to be shown out of results, which are gone afterwards. False when there is nothing.</summary>
    protected abstract bool Take(PageOutcome outcome);

    protected override async Task OnParametersSetAsync()
    {
        string wanted = $"{View.With()} {Zone.Name} {Subject}";
        if (wanted == _shown || !RendererInfo.IsInteractive)
        {
            return;
        }

        _shown = wanted;
        State = PanelState.Loading;
        await LoadAsync();
    }

    /// <summary>Queries once more for the same; what was shown stays until there is something new.</summary>
    protected Task RefreshAsync() => State == PanelState.Loading ? Task.CompletedTask : LoadAsync();

    private async Task LoadAsync()
    {
        _running?.Cancel();
        _running?.Dispose();
        _running = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token);
        CancellationToken token = _running.Token;
        Range = View.Resolve(Queries.Now, Zone);
        try
        {
            using PageOutcome outcome = await RunAsync(token);
            if (!token.IsCancellationRequested)
            {
                Fault = outcome.Fault;
                State = Fault is not null ? PanelState.Failed : Take(outcome) ? PanelState.Filled : PanelState.Empty;
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // Something else is shown by now.
        }
    }

    public void Dispose()
    {
        _gone.Cancel();
        _running?.Dispose();
        _gone.Dispose();
        GC.SuppressFinalize(this);
    }
}
