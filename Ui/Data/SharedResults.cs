namespace TimeSeries.Ui.Data;

/// <summary>
/// Results that all who look at the same thing share: each is made at most once a second, and while it is made nobody makes another. Thread safe.
/// </summary>
public sealed class SharedResults(TimeProvider clock)
{
    /// <summary>How long a result is the present one.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private long _cleaned;

    /// <summary>A result that somebody else has or waits for, or a new one.</summary>
    /// <param name="key">What it is of: project, view and everything that the result depends on but the present.</param>
    /// <param name="make">Makes it. Nobody cancels it, since others may wait for it.</param>
    public Task<T> GetAsync<T>(string key, Func<Task<T>> make)
    {
        lock (_lock)
        {
            RemoveOld();
            if (_entries.TryGetValue(key, out Entry? known) && !IsOld(known))
            {
                return (Task<T>)known.Result;
            }

            // Made on a thread of the pool: a slow start holds nobody at the lock.
            Task<T> result = Task.Run(make);
            _entries[key] = new Entry(result, clock.GetTimestamp());
            return result;
        }
    }

    private bool IsOld(Entry entry) => entry.Result.IsCompleted && clock.GetElapsedTime(entry.Begun) >= Lifetime;

    private void RemoveOld()
    {
        if (clock.GetElapsedTime(_cleaned) < Lifetime)
        {
            return;
        }

        _cleaned = clock.GetTimestamp();
        foreach ((string key, Entry entry) in _entries)
        {
            if (IsOld(entry))
            {
                _entries.Remove(key);
            }
        }
    }

    private sealed record Entry(Task Result, long Begun);
}
