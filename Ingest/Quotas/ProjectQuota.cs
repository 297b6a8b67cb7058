using System.Collections.Immutable;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Ingest.Quotas;

/// <summary>What a project may use, as <c>Projects:n:Limits</c> says.</summary>
internal enum Quota : byte
{
    SamplesPerDay,
    RequestsPerSecond,
    BytesPerSecond,
}

/// <summary>A quota that is used up.</summary>
/// <param name="Quota">Which.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Wait">How long it is until there is something again.</param>
internal readonly record struct QuotaExcess(Quota Quota, long Limit, TimeSpan Wait);

/// <summary>
/// What a project has used of its quotas: requests and bytes of the last second, samples of the UTC day. Limits are given with each call, so that they may
/// change. Thread safe: a short lock a push, and one a batch.
/// </summary>
internal sealed class ProjectQuota(long pcode, TimeProvider clock)
{
    private const long DayMilliseconds = 86_400_000;

    // A project's history shows what goes on, not each push.
    private static readonly TimeSpan _betweenEvents = TimeSpan.FromMinutes(1);

    // The reasons' names in metrics, by quota.
    private static readonly ImmutableArray<string> _names = ["samples_per_day", "requests_per_second", "bytes_per_second"];

    // Guards everything below.
    private readonly Lock _lock = new();
    private readonly long[] _refused = new long[_names.Length];
    private readonly long[] _told = new long[_names.Length];
    private readonly long?[] _toldAt = new long?[_names.Length];
    private TokenBucket _requests;
    private TokenBucket _bytes;
    private long _day;
    private long _samples;
    private long _kept;
    private bool _isCounting;

    public long Pcode => pcode;

    /// <summary>Since when samples are counted here, in ms; what the store has of the day before that is added once it is known.</summary>
    public long CountsSince { get; private set; }

    /// <summary>Midnight before <see cref="CountsSince"/>, in ms.</summary>
    public long CountedDay => CountsSince - CountsSince % DayMilliseconds;

    /// <summary>Completed when the store was asked for what it has of the day, whatever it said.</summary>
    public TaskCompletionSource Counted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How long it is until the next UTC day.</summary>
    public TimeSpan UntilNextDay => TimeSpan.FromMilliseconds(DayMilliseconds - Now % DayMilliseconds);

    /// <summary>Midnight of today, in ms, and its samples so far.</summary>
    public (long Day, long Samples) Today
    {
        get
        {
            lock (_lock)
            {
                BeginDay();
                return (_day, _samples);
            }
        }
    }

    /// <summary>Whether samples are counted.</summary>
    public bool IsCounting
    {
        get
        {
            lock (_lock)
            {
                return _isCounting;
            }
        }
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The name of a quota in metrics.</summary>
    public static string NameOf(Quota quota) => _names[(int)quota];

    /// <summary>Counts a request and its bytes, when there is something left of both quotas. Returns which is used up; null when none is.</summary>
    public QuotaExcess? TryBegin(LimitOptions limits, long bytes)
    {
        long now = clock.GetTimestamp();
        lock (_lock)
        {
            if (limits.RequestsPerSecond is { } requests && _requests.Fill(requests, now, clock.TimestampFrequency) is var wait && wait > TimeSpan.Zero)
            {
                return new QuotaExcess(Quota.RequestsPerSecond, requests, wait);
            }

            if (limits.BytesPerSecond is { } most && _bytes.Fill(most, now, clock.TimestampFrequency) is var until && until > TimeSpan.Zero)
            {
                return new QuotaExcess(Quota.BytesPerSecond, most, until);
            }

            // What has no limit now may get one later, and owes nothing then.
            _requests.Take(limits.RequestsPerSecond is null ? 0 : 1, clock.TimestampFrequency);
            _bytes.Take(limits.BytesPerSecond is null ? 0 : bytes, clock.TimestampFrequency);
            return null;
        }
    }

    /// <summary>Counts bytes that a request has more than it said, or gives back those that it has less.</summary>
    public void TakeBytes(LimitOptions limits, long more)
    {
        lock (_lock)
        {
            _bytes.Take(limits.BytesPerSecond is null ? 0 : more, clock.TimestampFrequency);
        }
    }

    /// <summary>Begins to count samples. False when that has begun before.</summary>
    public bool TryBeginCount()
    {
        lock (_lock)
        {
            if (_isCounting)
            {
                return false;
            }

            _isCounting = true;
            CountsSince = Now;
            _day = CountedDay;
            return true;
        }
    }

    /// <summary>Counts samples of today, when there are as many left. Gives the day that they are of; null when there are fewer left.</summary>
    public long? TryTakeSamples(long limit, long count)
    {
        lock (_lock)
        {
            BeginDay();
            if (count > limit - _samples)
            {
                return null;
            }

            _samples += count;
            return _day;
        }
    }

    /// <summary>Gives back samples that were taken of a day and are not stored, if the day is still today.</summary>
    public void GiveBack(long day, long count)
    {
        lock (_lock)
        {
            BeginDay();
            _samples -= day == _day ? count : 0;
        }
    }

    /// <summary>Counts samples of <see cref="CountedDay"/> that are known to be stored before the store could be asked.</summary>
    public void AddKept(long count)
    {
        lock (_lock)
        {
            _kept = count;
            _samples += count;
        }
    }

    /// <summary>
    /// Counts samples of <see cref="CountedDay"/> that the store has, if the day is still today. Those that were known before are among them.
    /// </summary>
    public void AddStored(long count)
    {
        lock (_lock)
        {
            BeginDay();
            _samples += CountedDay == _day ? Math.Max(0, count - _kept) : 0;
        }
    }

    /// <summary>Counts a push that is refused. Says how many were since the last event when the project's history should have one now; else null.</summary>
    public long? CountRefused(Quota quota)
    {
        long now = clock.GetTimestamp();
        lock (_lock)
        {
            long refused = ++_refused[(int)quota];
            if (_toldAt[(int)quota] is { } told && clock.GetElapsedTime(told, now) < _betweenEvents)
            {
                return null;
            }

            long since = refused - _told[(int)quota];
            _toldAt[(int)quota] = now;
            _told[(int)quota] = refused;
            return since;
        }
    }

    /// <summary>Pushes that were refused, by quota; quotas without a limit are left out when none was.</summary>
    public ImmutableArray<ReasonCount> FindRefused(LimitOptions? limits)
    {
        ImmutableArray<long?> set = [limits?.SamplesPerDay, limits?.RequestsPerSecond, limits?.BytesPerSecond];
        lock (_lock)
        {
            return
            [
                .. _names.Select((name, quota) => (Refused: new ReasonCount(name, _refused[quota]), Limit: set[quota]))
                    .Where(reason => reason.Limit is not null || reason.Refused.Count > 0).Select(reason => reason.Refused),
            ];
        }
    }

    // A clock that steps back gives no second day.
    private void BeginDay()
    {
        long now = Now;
        long day = now - now % DayMilliseconds;
        if (day > _day)
        {
            (_day, _samples) = (day, 0);
        }
    }
}

/// <summary>What one batch takes of its project's day. Used by one thread at a time.</summary>
internal sealed class SampleClaim(ProjectQuota quota, long limit)
{
    private long _day;
    private long _taken;

    /// <summary>Takes samples. False when fewer are left.</summary>
    public bool TryTake(long samples)
    {
        if (quota.TryTakeSamples(limit, samples) is not { } day)
        {
            return false;
        }

        (_day, _taken) = (day, samples);
        return true;
    }

    /// <summary>Gives back what was taken, since it was not stored.</summary>
    public void GiveBack()
    {
        quota.GiveBack(_day, _taken);
        _taken = 0;
    }
}
