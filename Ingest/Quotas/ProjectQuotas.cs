using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Threading.Channels;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Health;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Quotas;

/// <summary>
/// Holds pushes to the limits of their projects (<c>Projects:n:Limits</c>), each process for itself. A push that exceeds one is refused whole, counted, and
/// noted in the project's events. Projects without limits are never asked for here. Thread safe.
/// </summary>
internal sealed class ProjectQuotas
{
    /// <summary>What the page calls what is refused here.</summary>
    public const string What = "push";

    private static readonly TimeSpan _longestWait = TimeSpan.FromHours(1);

    private readonly ProjectDirectory _projects;
    private readonly StoreRoute _route;
    private readonly HostEvents _events;
    private readonly PushLedger _pushes;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<long, ProjectQuota> _quotas = [];

    // A project is in it once, unless the store could not be asked.
    private readonly Channel<ProjectQuota> _uncounted = Channel.CreateUnbounded<ProjectQuota>();

    public ProjectQuotas(
        ProjectDirectory projects, StoreRoute route, HostEvents events, PushLedger pushes, IngestInstruments instruments, TimeProvider clock)
    {
        _projects = projects;
        _route = route;
        _events = events;
        _pushes = pushes;
        _clock = clock;
        instruments.Observe(this);
    }

    /// <summary>Projects whose day is counted from now on, and what the store has of it is not known yet.</summary>
    public Channel<ProjectQuota> Uncounted => _uncounted;

    /// <summary>Counts a push that has not been read yet. Returns why it is refused; null when it goes on.</summary>
    /// <param name="project">The project.</param>
    /// <param name="limits">Its limits.</param>
    /// <param name="bytes">The length of its body, as far as it is told.</param>
    public IngestProblem? TryBegin(Project project, LimitOptions limits, long bytes)
    {
        ProjectQuota quota = Of(project.Pcode);
        if (quota.TryBegin(limits, bytes) is not { } excess)
        {
            return null;
        }

        string most = excess.Quota == Quota.BytesPerSecond ? ByteSize.Format(excess.Limit)
            : excess.Limit == 1 ? "once"
            : string.Create(CultureInfo.InvariantCulture, $"{excess.Limit} times");
        return Refuse(quota, excess, $"The project may push {most} a second (Projects:n:Limits:{excess.Quota}).");
    }

    /// <summary>Counts bytes of a body that its length did not tell, or gives back those that did not come.</summary>
    public void TakeBytes(Project project, LimitOptions limits, long more) => Of(project.Pcode).TakeBytes(limits, more);

    /// <summary>
    /// What a batch will take of the project's day. Where a project has got its limit just now, its first batches wait until the embedded store was asked.
    /// </summary>
    public async ValueTask<SampleClaim> ClaimAsync(Project project, long limit)
    {
        ProjectQuota quota = Of(project.Pcode);
        if (quota.TryBeginCount())
        {
            _uncounted.Writer.TryWrite(quota);
        }

        if (_route.LogFed is null)
        {
            await quota.Counted.Task;
        }

        return new SampleClaim(quota, limit);
    }

    /// <summary>Begins to count a project's day. Null when that has begun before.</summary>
    public ProjectQuota? BeginCount(Project project) => Of(project.Pcode) is var quota && quota.TryBeginCount() ? quota : null;

    /// <summary>Projects whose day is counted, with its midnight and what they have of it.</summary>
    public IReadOnlyCollection<(long Pcode, long Day, long Samples)> FindDays() =>
        [.. _quotas.Values.Where(quota => quota.IsCounting).Select(quota => (quota.Pcode, quota.Today.Day, quota.Today.Samples))];

    /// <summary>Why a batch is refused that has more samples than are left of its project's day.</summary>
    /// <param name="project">The project.</param>
    /// <param name="samples">How many samples the batch has.</param>
    public IngestProblem RefuseDay(Project project, long samples)
    {
        ProjectQuota quota = Of(project.Pcode);
        long limit = project.Limits?.SamplesPerDay ?? 0;
        string detail = string.Create(
            CultureInfo.InvariantCulture,
            $"The project may store {limit} samples a UTC day (Projects:n:Limits:SamplesPerDay) and has {quota.Today.Samples}; the push has {samples}.");
        return Refuse(quota, new QuotaExcess(Quota.SamplesPerDay, limit, quota.UntilNextDay), detail);
    }

    /// <summary>Pushes of a project that were refused, or of all where there is none, by quota.</summary>
    public ImmutableArray<ReasonCount> FindRefused(long? pcode) =>
    [
        .. FindAll().Where(refused => (pcode ?? refused.Pcode) == refused.Pcode).GroupBy(refused => refused.Refused.Reason, refused => refused.Refused.Count)
            .Select(reason => new ReasonCount(reason.Key, reason.Sum())).Where(reason => reason.Count > 0),
    ];

    /// <summary>Pushes that were refused, by project and quota: 0 where there is a limit and none was.</summary>
    public IEnumerable<(long Pcode, ReasonCount Refused)> FindAll() =>
        _projects.All.Where(project => project.Limits is not null || _quotas.ContainsKey(project.Pcode))
            .SelectMany(project => Of(project.Pcode).FindRefused(project.Limits).Select(refused => (project.Pcode, refused)));

    private ProjectQuota Of(long pcode) => _quotas.GetOrAdd(pcode, static (pcode, clock) => new ProjectQuota(pcode, clock), _clock);

    private IngestProblem Refuse(ProjectQuota quota, in QuotaExcess excess, string detail)
    {
        if (quota.CountRefused(excess.Quota) is { } refused)
        {
            Tell(quota.Pcode, excess.Quota, detail, refused);
        }

        _pushes.Examples.Keep(quota.Pcode, What, ProjectQuota.NameOf(excess.Quota), detail, static text => text);
        TimeSpan wait = excess.Wait < _longestWait ? excess.Wait : _longestWait;
        return new IngestProblem(StatusCodes.Status429TooManyRequests, detail + " Send it again later.")
        {
            RetryAfterSeconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)),
        };
    }
    // EU400 is an exceeded quota, EU410 an exceeded throttle (requests a second), EU420 an exceeded rate (usage a second). The first lasts until midnight.
    private void Tell(long pcode, Quota quota, string detail, long refused)
    {
        (string level, string type) = quota switch
        {
            Quota.SamplesPerDay => ("ALERT", "EU400"),
            Quota.RequestsPerSecond => ("ALARM", "EU410"),
            Quota.BytesPerSecond => ("ALARM", "EU420"),
            _ => throw new InvalidOperationException($"{quota} is no quota."),
        };
        string pushes = refused == 1 ? "One push was" : string.Create(CultureInfo.InvariantCulture, $"{refused} pushes were");
        _events.Write(pcode, level, type, $"{detail} {pushes} refused with 429 since the last such event.");
    }
}
