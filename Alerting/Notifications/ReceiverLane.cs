using TimeSeries.Alerting.Evaluation;
using TimeSeries.Alerting.Silences;

namespace TimeSeries.Alerting.Notifications;

/// <summary>
/// What one receiver was told and is to be told. Its notifications go one after the other, and no other receiver waits for them. For one caller at a time:
/// whoever holds its project's lock.
/// </summary>
/// <param name="receiver">The receiver.</param>
/// <param name="since">When it was first seen: what was resolved before, it needs not be told.</param>
internal sealed class ReceiverLane(Receiver receiver, DateTimeOffset since)
{
    // So that alerts which fire together are told together.
    public static readonly TimeSpan GroupWait = TimeSpan.FromSeconds(10);

    /// <summary>How long after its end an alert is told of that has ended.</summary>
    public static readonly TimeSpan TriedFor = TimeSpan.FromHours(24);

    private const int MostAlerts = 1_000;
    private const long MostAlertBytes = 2 << 20;

    private static readonly TimeSpan _repeat = TimeSpan.FromHours(4);
    private static readonly TimeSpan _firstBackoff = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _longestBackoff = TimeSpan.FromMinutes(5);

    // Alerts are in the order of their times, and of one time in that of their groups, so that equal states give equal bodies.
    private static readonly Comparison<AlertTransition> _order = static (left, right) =>
        left.Time != right.Time ? left.Time.CompareTo(right.Time) : string.CompareOrdinal(left.Group, right.Group);

    private readonly Dictionary<string, RuleDelivery> _rules = new(StringComparer.Ordinal);
    private DateTimeOffset _notBefore;
    private int _failures;

    public Receiver Receiver { get; private set; } = receiver;

    /// <summary>When it was first seen; never later than now.</summary>
    public DateTimeOffset Since { get; private set; } = since;

    public IEnumerable<RuleDelivery> Rules => _rules.Values;

    /// <summary>Notifications on their way; completed when there are none.</summary>
    public Task Sending { get; set; } = Task.CompletedTask;

    public ReceiverHealth Health { get; private set; }

    /// <summary>Whether something is to be looked at now.</summary>
    public bool IsDue(DateTimeOffset now) => _notBefore <= now && _rules.Values.Any(rule => rule.Due <= now);

    public RuleDelivery Rule(string name)
    {
        if (!_rules.TryGetValue(name, out RuleDelivery? rule))
        {
            _rules.Add(name, rule = new RuleDelivery(name));
        }

        return rule;
    }

    /// <summary>Takes a changed receiver: what failed before may succeed now.</summary>
    public void Change(Receiver changed)
    {
        (Receiver, _notBefore, _failures) = (changed, default, 0);
        foreach (RuleDelivery rule in _rules.Values)
        {
            rule.Failures = 0;
        }
    }

    /// <summary>Takes note of the time. Of a clock that was set back to before it was first seen, what ends from now on is to be told all the same.</summary>
    public void NoteTime(DateTimeOffset now) => Since = now < Since ? now : Since;

    /// <summary>Looks again at everything that was planned, since the clock was set back.</summary>
    public void LookAtPlanned(DateTimeOffset now)
    {
        _notBefore = default;
        foreach (RuleDelivery rule in _rules.Values.Where(rule => rule.Due is not null))
        {
            rule.LookAt(now);
        }
    }

    /// <summary>Looks again at what silences keep back, since they changed.</summary>
    public void LookAtSilenced(DateTimeOffset now)
    {
        foreach (RuleDelivery rule in _rules.Values.Where(rule => rule.SilenceEnd is not null))
        {
            rule.LookBy(now);
        }
    }

    /// <summary>The next notification that is due; null when none is. Until it is finished there is no other.</summary>
    public Notification? Next(ProjectAlerts alerts, SilenceBook silences, DateTimeOffset now)
    {
        while (_notBefore <= now && _rules.Values.Where(rule => rule.Due <= now).MinBy(rule => rule.Due) is { } rule)
        {
            rule.LookAt(null);
            if (Compose(rule, alerts, silences, now) is { } notification)
            {
                return notification;
            }
        }

        return null;
    }

    /// <summary>Takes note of what became of a notification.</summary>
    /// <param name="notification">The notification.</param>
    /// <param name="result">What became of it.</param>
    /// <param name="now">The moment.</param>
    /// <param name="jitter">A fraction in [0, 1), so that many that failed together do not come back together.</param>
    public void Finish(Notification notification, WebhookResult result, DateTimeOffset now, double jitter)
    {
        RuleDelivery rule = Rule(notification.Rule);
        if (result.IsDelivered)
        {
            foreach (AlertTransition alert in notification.Alerts)
            {
                rule.Delivered[alert.Group] = new DeliveredAlert(alert.Id, alert.Lasts, alert.Time);
            }

            (rule.Failures, rule.LastSent, _failures) = (0, now, 0);
            PlanAfter(rule, notification.IsRepeated);
            rule.LookBy(notification.HasMore ? now : null);
            Health = Health with { Sent = Health.Sent + 1, LastSuccess = now };
        }
        else
        {
            rule.Failures++;
            _failures++;
            rule.LookAt(now + Backoff(rule.Failures, jitter));
            TimeSpan wait = Backoff(_failures, jitter);
            _notBefore = now + (result.RetryAfter > wait ? result.RetryAfter.Value : wait);
            Health = Health with { Failed = Health.Failed + 1, LastFailure = now, Reason = result.Reason };
        }

        Health = Health with { FailuresInARow = _failures };
    }

    /// <summary>How many alerts it is to be told.</summary>
    public int CountWaiting(ProjectAlerts alerts) => alerts.All.Count(alert => Concerns(alert)
        && (!_rules.TryGetValue(alert.Rule, out RuleDelivery? rule)
            || (rule.Delivered.TryGetValue(alert.Group, out DeliveredAlert told) ? told.Id != alert.Id : alert.IsFiring || rule.Due is not null)));

    /// <summary>Whether it was told that an alert fires, and of nothing since.</summary>
    public bool WasToldOfFiring(AlertTransition alert) => _rules.TryGetValue(alert.Rule, out RuleDelivery? rule)
        && rule.Delivered.TryGetValue(alert.Group, out DeliveredAlert told) && told.IsFiring;

    /// <summary>Whether it needs not be told of an alert, now or later.</summary>
    public bool IsDone(AlertTransition alert) => !Concerns(alert)
        || (_rules.TryGetValue(alert.Rule, out RuleDelivery? rule) && rule.Delivered.TryGetValue(alert.Group, out DeliveredAlert told) && told.Id == alert.Id);

    /// <summary>Gives up an alert that ended too long ago.</summary>
    public void GiveUp(AlertTransition alert)
    {
        RuleDelivery rule = Rule(alert.Rule);
        if (!IsDone(alert) && (WasToldOfFiring(alert) || rule.Failures > 0))
        {
            Health = Health with { GivenUp = Health.GivenUp + 1 };
        }

        rule.Delivered[alert.Group] = new DeliveredAlert(alert.Id, IsFiring: false, alert.Time);
    }

    /// <summary>Forgets what it was told of alerts that ended before a moment, in ms: nobody tells them again.</summary>
    public void Forget(long endedBefore)
    {
        foreach (RuleDelivery rule in _rules.Values)
        {
            foreach ((string group, DeliveredAlert told) in rule.Delivered)
            {
                if (!told.IsFiring && told.Time < endedBefore)
                {
                    rule.Delivered.Remove(group);
                }
            }

            if (rule.Due is null && rule.Delivered.Count == 0 && Sending.IsCompleted)
            {
                _rules.Remove(rule.Rule);
            }
        }
    }

    private Notification? Compose(RuleDelivery rule, ProjectAlerts alerts, SilenceBook silences, DateTimeOffset now)
    {
        List<AlertTransition> news = [];
        List<AlertTransition> told = [];
        rule.SilenceEnd = null;
        foreach (AlertTransition alert in alerts.Of(rule.Rule).Where(Concerns))
        {
            bool isTold = rule.Delivered.TryGetValue(alert.Group, out DeliveredAlert last) && last.Id == alert.Id;
            if (!alert.Lasts && (isTold || Passes(rule, alert, last.IsFiring, alerts.Pcode, silences, now)))
            {
                continue;
            }

            if (silences.Find(alerts.Pcode, alert.Labels, now) is { } silence)
            {
                rule.SilenceEnd = rule.SilenceEnd < silence.To ? rule.SilenceEnd : silence.To;
            }
            else
            {
                (isTold ? told : news).Add(alert);
            }
        }

        bool isRepeated = told.Count > 0 || news.Exists(alert => alert.Lasts);
        if (news.Count > 0 || (isRepeated && !(now < rule.LastSent + _repeat)))
        {
            return Cut(rule, alerts.Pcode, news, told) with { IsRepeated = isRepeated };
        }

        PlanAfter(rule, isRepeated);
        return null;
    }

    // Who was told that an alert fires is told that it ended, whatever was changed meanwhile.
    private bool Concerns(AlertTransition alert) => Receiver.Takes(alert) || (!alert.IsFiring && WasToldOfFiring(alert));

    // Whether nobody needs to be told that an alert ended, or was pushed.
    private bool Passes(RuleDelivery rule, AlertTransition alert, bool wasTold, long pcode, SilenceBook silences, DateTimeOffset now)
    {
        DateTimeOffset ended = DateTimeOffset.FromUnixTimeMilliseconds(alert.Time);
        if (now - ended > TriedFor)
        {
            return true;
        }

        if (wasTold || (ended >= Since && silences.Find(pcode, alert.Labels, ended) is null))
        {
            return false;
        }

        rule.Delivered[alert.Group] = new DeliveredAlert(alert.Id, IsFiring: false, alert.Time);
        return true;
    }

    private Notification Cut(RuleDelivery rule, long pcode, List<AlertTransition> news, List<AlertTransition> told)
    {
        news.Sort(_order);
        told.Sort(_order);
        int count = 0;
        long bytes = 0;
        foreach (AlertTransition alert in news.Concat(told).Take(MostAlerts))
        {
            bytes += ProjectAlerts.SizeOf(alert);
            if (count > 0 && bytes > MostAlertBytes)
            {
                break;
            }

            count++;
        }

        return new Notification
        {
            Pcode = pcode,
            Receiver = Receiver,
            Rule = rule.Rule,
            Alerts = [.. news.Concat(told).Take(count)],
            TruncatedCount = news.Count + told.Count - count,
            HasMore = news.Count > count,
            IsFiring = told.Count > 0 || news.Exists(alert => alert.IsFiring),
        };
    }

    private static void PlanAfter(RuleDelivery rule, bool isRepeated)
    {
        rule.LookBy(isRepeated ? rule.LastSent + _repeat : null);
        rule.LookBy(rule.SilenceEnd);
    }

    // 1 to 2 s at first, twice as long each time, and 2.5 to 5 min at last.
    private static TimeSpan Backoff(int failures, double jitter)
    {
        const int MostDoublings = 8;
        TimeSpan most = _firstBackoff * (1 << Math.Min(failures - 1, MostDoublings));
        return (most < _longestBackoff ? most : _longestBackoff) * ((1 + jitter) / 2);
    }
}

/// <summary>How it stands with a receiver.</summary>
/// <param name="LastSuccess">When a notification was delivered last; null when none was since the start.</param>
/// <param name="LastFailure">When one failed last; null when none did since the start.</param>
/// <param name="Reason">Why, in a sentence without secrets.</param>
/// <param name="FailuresInARow">Failures since the last success.</param>
/// <param name="Sent">Notifications delivered since the start.</param>
/// <param name="Failed">Tries that failed since the start.</param>
/// <param name="GivenUp">Alerts that ended and that it was never told of, for it failed for a day.</param>
public readonly record struct ReceiverHealth(
    DateTimeOffset? LastSuccess, DateTimeOffset? LastFailure, string? Reason, int FailuresInARow, long Sent, long Failed, long GivenUp);
