using System.Security.Claims;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Hosting.Authentication;

/// <summary>
/// Checks each minute that callers of responses without an end still may read: their token exists, opens the same project and has the scope, and their
/// session goes on. A session that is ended here is over at once. Thread safe.
/// </summary>
public sealed class CallerWatch(ProjectDirectory projects, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan _period = TimeSpan.FromMinutes(1);

    // Guards everything below.
    private readonly Lock _gate = new();
    private readonly HashSet<WatchedCaller> _watched = [];
    private readonly Dictionary<string, DateTimeOffset> _ended = new(StringComparer.Ordinal);
    private ITimer? _timer;

    /// <summary>Whether the caller may still read.</summary>
    public bool MayRead(ClaimsPrincipal caller) =>
        caller.TokenHash() is { } hash && projects.Find(hash) is { } token && token.Scopes.HasFlag(Scopes.Read) && token.Project.Pcode == caller.Pcode()
        && (caller.Session() is not { } session || (clock.GetUtcNow() < session.End && !HasEnded(session.Id)));

    /// <summary>Watches a caller until the result is disposed.</summary>
    public WatchedCaller Watch(ClaimsPrincipal caller)
    {
        WatchedCaller watched = new(this, caller);
        lock (_gate)
        {
            _watched.Add(watched);
            _timer ??= clock.CreateTimer(
                static watch => ((CallerWatch)watch!).EndThose(static (watch, caller) => !watch.MayRead(caller)), this, _period, _period);
        }

        return watched;
    }

    /// <summary>Ends a session: nobody is let in by it any more, and what its callers read is over.</summary>
    /// <param name="id">The session.</param>
    /// <param name="end">When it would have ended by itself, at the latest.</param>
    public void EndSession(string id, DateTimeOffset end)
    {
        lock (_gate)
        {
            foreach (string past in _ended.Where(session => session.Value <= clock.GetUtcNow()).Select(session => session.Key).ToArray())
            {
                _ended.Remove(past);
            }

            _ended[id] = end;
        }

        EndThose((_, caller) => caller.Session()?.Id == id);
    }

    /// <summary>Whether a session was ended.</summary>
    public bool HasEnded(string id)
    {
        lock (_gate)
        {
            return _ended.ContainsKey(id);
        }
    }

    public void Dispose() => _timer?.Dispose();

    internal void Forget(WatchedCaller watched)
    {
        lock (_gate)
        {
            _watched.Remove(watched);
        }
    }

    private void EndThose(Func<CallerWatch, ClaimsPrincipal, bool> areOver)
    {
        WatchedCaller[] watched;
        lock (_gate)
        {
            watched = [.. _watched];
        }

        foreach (WatchedCaller one in watched.Where(one => areOver(this, one.Caller)))
        {
            one.End();
        }
    }
}

/// <summary>A caller that is watched. Thread safe.</summary>
public sealed class WatchedCaller : IDisposable
{
    private readonly CallerWatch _watch;
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal WatchedCaller(CallerWatch watch, ClaimsPrincipal caller)
    {
        _watch = watch;
        Caller = caller;
    }

    /// <summary>Completes when the caller may not read any more.</summary>
    public Task Ended => _end.Task;

    internal ClaimsPrincipal Caller { get; }

    public void Dispose() => _watch.Forget(this);

    internal void End() => _end.TrySetResult();
}
