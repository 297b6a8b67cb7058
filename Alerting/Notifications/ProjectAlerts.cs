using TimeSeries.Alerting.Evaluation;

namespace TimeSeries.Alerting.Notifications;

/// <summary>The newest transition of each group of a project's rules, as long as somebody may have to be told of it. For one caller at a time.</summary>
/// <param name="pcode">The project.</param>
/// <param name="memory">What all projects' transitions may take.</param>
internal sealed class ProjectAlerts(long pcode, AlertMemory memory)
{
    private readonly Dictionary<string, Dictionary<string, AlertTransition>> _rules = new(StringComparer.Ordinal);

    public long Pcode => pcode;

    public IEnumerable<string> Rules => _rules.Keys;

    public IEnumerable<AlertTransition> All => _rules.Values.SelectMany(groups => groups.Values);

    public IEnumerable<AlertTransition> Of(string rule) => _rules.TryGetValue(rule, out var groups) ? groups.Values : [];

    /// <summary>
    /// Takes a transition. False when it is known, is older than what is known, or there is no room for another group. Of one time, the end is the later.
    /// </summary>
    public bool Add(AlertTransition alert)
    {
        if (!_rules.TryGetValue(alert.Rule, out Dictionary<string, AlertTransition>? groups))
        {
            _rules.Add(alert.Rule, groups = new(StringComparer.Ordinal));
        }

        AlertTransition? known = groups.GetValueOrDefault(alert.Group);
        if (known is not null && (known.Id == alert.Id || known.Time > alert.Time || (known.Time == alert.Time && alert.IsFiring)))
        {
            return false;
        }

        if (known is null && !memory.HasRoom)
        {
            memory.CountLost();
            return false;
        }

        memory.Add(SizeOf(alert) - (known is null ? 0 : SizeOf(known)));
        groups[alert.Group] = alert;
        return true;
    }

    /// <summary>Forgets alerts.</summary>
    public void Remove(Func<AlertTransition, bool> isDone)
    {
        foreach ((string rule, Dictionary<string, AlertTransition> groups) in _rules)
        {
            foreach ((string group, AlertTransition alert) in groups)
            {
                if (isDone(alert))
                {
                    groups.Remove(group);
                    memory.Add(-SizeOf(alert));
                }
            }

            if (groups.Count == 0)
            {
                _rules.Remove(rule);
            }
        }
    }

    /// <summary>About what a transition takes in memory, in bytes.</summary>
    public static long SizeOf(AlertTransition alert)
    {
        // The object, its maps and their nodes; texts have two bytes a character.
        const int ObjectBytes = 400;
        const int NodeBytes = 80;
        long size = ObjectBytes + (2L * (alert.Group.Length + alert.Source.Length + alert.Title.Length + alert.Description.Length));
        foreach ((string name, string value) in alert.Labels.Concat(alert.Annotations))
        {
            size += NodeBytes + (2L * (name.Length + value.Length));
        }

        return size;
    }
}

/// <summary>Bounds what transitions that are kept for receivers take in memory. Thread safe.</summary>
internal sealed class AlertMemory
{
    // Some 50,000 alerts of usual size.
    private const long MostBytes = 64 << 20;

    private long _bytes;
    private long _lost;

    public bool HasRoom => Volatile.Read(ref _bytes) < MostBytes;

    /// <summary>Alerts that nobody is told of, since there was no room.</summary>
    public long LostCount => Volatile.Read(ref _lost);

    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);

    public void CountLost(long count = 1) => Interlocked.Add(ref _lost, count);
}
