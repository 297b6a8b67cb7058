namespace TimeSeries.Ui.Data;

/// <summary>
/// Results that all who look at the same thing share: each is made as seldom as the budget allows, and while it is made nobody makes another. Thread safe.
/// </summary>
public sealed class SharedResults(LiveBudget budget, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private long _cleaned;

    /// <summary>A result that somebody else has or waits for, or a new one.</summary>
    /// <param name="key">What it is of: project, view and everything that the result depends on but the present.</param>
    /// <param name="least">How long it stands at least.</param>
    /// <param name="make">Makes it. Nobody cancels it, since others may wait for it.</param>
    public Task<T> GetAsync<T>(string key, TimeSpan least, Func<Task<T>> make)
    {
        lock (_lock)
        {
            RemoveOld();
            if (_entries.TryGetValue(key, out Entry? known) && !IsOld(known))
            {
                return (Task<T>)known.Result;
            }

            // Made on a thread of the pool: a slow start holds nobody at the lock.
            Entry entry = new() { Begun = clock.GetTimestamp(), Stands = least };
            Task<T> result = Task.Run(() => MakeAsync(entry, make));
            entry.Result = result;
            _entries[key] = entry;
            return result;
        }
    }

    private async Task<T> MakeAsync<T>(Entry entry, Func<Task<T>> make)
    {
        try
        {
            return await make();
        }
        finally
        {
            TimeSpan stands = budget.Take(clock.GetElapsedTime(entry.Begun));
            entry.Stands = stands > entry.Stands ? stands : entry.Stands;
        }
    }

    // How long it stands is told before it is completed.
    private bool IsOld(Entry entry) => entry.Result.IsCompleted && clock.GetElapsedTime(entry.Begun) >= entry.Stands;

    private void RemoveOld()
    {
        if (clock.GetElapsedTime(_cleaned) < LiveBudget.Shortest)
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

    private sealed class Entry
    {
        public required long Begun { get; init; }

        public required TimeSpan Stands { get; set; }

        public Task Result { get; set; } = Task.CompletedTask;
    }
}
