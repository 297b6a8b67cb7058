using System.Text;
using System.Text.Json;

namespace TimeSeries.Query.Api.Streaming;

/// <summary>
/// What all streams with the same parameters show: one query a second, whose events go into one ring. It runs while it has clients. Whatever a query fails
/// with becomes an event, and the next one is tried.
/// </summary>
internal abstract partial class StreamFeed(TimeProvider clock, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    // A query that takes long is repeated less often, so that streams leave most of the time to others.
    private const int RestFactor = 4;

    private readonly CancellationTokenSource _stop = new();

    // Guards the state that clients begin with.
    private readonly Lock _gate = new();
    private bool _isReady;
    private string? _fault;
    private byte[]? _current;
    private Task _running = Task.CompletedTask;

    public EventRing Events { get; } = new();

    /// <summary>How many clients it has. The owner counts.</summary>
    public int Clients { get; set; }

    /// <summary>Begins to query.</summary>
    public void Start() => _running = RunAsync(_stop.Token);

    /// <summary>Ends the queries.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    /// <summary>Where a client begins, and the events that it gets first: how things are.</summary>
    public (EventPlace Place, IReadOnlyList<(string Name, byte[] Data)> Opening) Join()
    {
        lock (_gate)
        {
            List<(string, byte[])> opening = [];
            if (_isReady)
            {
                opening.Add(("ready", "{}"u8.ToArray()));
            }

            if (_current is not null)
            {
                opening.Add(("aggregate", _current));
            }

            if (_fault is not null)
            {
                opening.Add(("fault", Message(_fault)));
            }

            return (Events.End, opening);
        }
    }

    /// <summary>One step: queries, and adds what is new. Returns what went wrong, as a sentence; null when nothing did.</summary>
    protected abstract ValueTask<string?> PollAsync(CancellationToken cancellationToken);

    /// <summary>Adds an event that replaces the one before for clients that begin.</summary>
    protected void AddCurrent(string name, byte[] data)
    {
        lock (_gate)
        {
            _current = data;
            Events.Add(name, data);
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            long started = clock.GetTimestamp();
            try
            {
                Note(await TryPollAsync(cancellationToken));
                TimeSpan took = clock.GetElapsedTime(started);
                TimeSpan rest = took * RestFactor > _period ? took * (RestFactor - 1) : _period - took;
                await Task.Delay(rest, clock, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async ValueTask<string?> TryPollAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await PollAsync(cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            if (_fault is null)
            {
                LogFailure(failure);
            }

            return "The query failed; the log of the server says why.";
        }
    }

    private void Note(string? fault)
    {
        lock (_gate)
        {
            if (fault is null && !_isReady)
            {
                Events.Add("ready", "{}"u8);
            }
            else if (fault is not null && fault != _fault)
            {
                Events.Add("fault", Message(fault));
            }

            _isReady = fault is null;
            _fault = fault;
        }
    }

    private static byte[] Message(string fault) => Encoding.UTF8.GetBytes($$"""{"message":"{{JsonEncodedText.Encode(fault)}}"}""");

    [LoggerMessage(EventId = 3003, Level = LogLevel.Error, Message = "The query of a stream failed. It is tried again every second.")]
    private partial void LogFailure(Exception failure);
}
