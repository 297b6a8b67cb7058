using System.Globalization;
using System.Text.Json;
using TimeSeries.Simulation.Node;
using TimeSeries.Simulation.Running;

namespace TimeSeries.Simulation.Rules;

/// <summary>
/// What receivers are told: durable alerts only, nothing twice in one process before four hours, and at last the newest alert of each group.
/// </summary>
internal sealed class ExpectedNotices(VirtualClock clock, SimulatedDisk disk)
{
    private static readonly TimeSpan _repeat = TimeSpan.FromHours(4);
    private static readonly TimeSpan _triedFor = TimeSpan.FromHours(24);

    // The last alert that the receiver of a project was told of each group.
    private readonly Dictionary<(ExpectedRule Rule, string Group), (long FiringSince, bool IsFiring)> _told = [];

    // Of which groups this process knows what the receiver was told last: it told it itself, or an earlier one has kept it.
    private readonly HashSet<(ExpectedRule Rule, string Group)> _known = [];
    private readonly HashSet<(ExpectedRule Rule, string Group)> _kept = [];

    // When this process has told of a rule last.
    private readonly Dictionary<ExpectedRule, long> _toldAt = [];
    private readonly HashSet<(ExpectedRule Rule, string Group, long FiringSince, bool IsFiring)> _toldHere = [];
    private long _reads;
    private long _since;
    private bool _hasLost;

    private bool IsLax => _hasLost || disk.Damage.Any || disk.FailedReads > _reads;

    /// <summary>The name of a project's receiver.</summary>
    public static string ReceiverOf(long pcode) => string.Create(CultureInfo.InvariantCulture, $"ops-{pcode}");

    /// <summary>A process begins. What it can't read of before it has lost, and what could not be kept it does not know.</summary>
    public void Begin()
    {
        _known.IntersectWith(_kept);
        _hasLost |= disk.FailedReads > _reads;
        (_reads, _since) = (disk.FailedReads, long.MaxValue);
        _toldAt.Clear();
        _toldHere.Clear();
    }

    /// <summary>A step has ended; with the first one of a process receivers are known.</summary>
    /// <param name="raised">All alerts.</param>
    /// <param name="hasKept">Whether what receivers were told by now is in their files for certain.</param>
    public void EndStep(IEnumerable<RaisedAlert> raised, bool hasKept)
    {
        if (hasKept)
        {
            _kept.UnionWith(_known);
        }

        _since = _since == long.MaxValue ? clock.Milliseconds : _since;
        foreach (RaisedAlert alert in raised)
        {
            alert.EndStep(_since);
        }
    }

    /// <summary>Notes what a receiver was told.</summary>
    /// <exception cref="SimulationFault">It must not have been.</exception>
    public void NoteTold(string receiver, ReadOnlyMemory<byte> body, IEnumerable<RaisedAlert> raised)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        bool isNew = false;
        ExpectedRule? rule = null;
        foreach (JsonElement alert in document.RootElement.GetProperty("alerts").EnumerateArray())
        {
            JsonElement labels = alert.GetProperty("labels");
            string name = labels.GetProperty("rule").GetString()!;
            string group = labels.TryGetProperty("service", out JsonElement service) ? service.GetString()! : "";
            bool isFiring = alert.GetProperty("status").GetString() == "firing";
            long since = alert.GetProperty("startsAt").GetDateTimeOffset().ToUnixTimeMilliseconds();

            // What a damaged file has lost is raised again under its id, perhaps at another time; and what was taken late can't be seen in a damaged store.
            rule = raised.FirstOrDefault(found => found.Rule.Rule.Name == name && ReceiverOf(found.Rule.Pcode) == receiver
                && (found.Transition.Group, found.Transition.IsFiring) == (group, isFiring)
                && (found.Transition.FiringSince == since || disk.Damage.Any) && (found.IsDurable || (disk.Damage.Any && found.IsInDoubt)))?.Rule
                ?? throw new SimulationFault(string.Create(
                    CultureInfo.InvariantCulture, $"{receiver} is told of {name} {group} of {since}, firing: {isFiring}, which is not durable"));
            _told[(rule, group)] = (since, isFiring);
            _known.Add((rule, group));
            _kept.Remove((rule, group));
            isNew |= _toldHere.Add((rule, group, since, isFiring));
        }

        if (!isNew && _toldAt.TryGetValue(rule!, out long last) && clock.Milliseconds < last + (long)_repeat.TotalMilliseconds)
        {
            throw new SimulationFault($"{receiver} is told the same of {rule!.Rule.Name} again");
        }

        _toldAt[rule!] = clock.Milliseconds;
    }

    /// <summary>What a receiver was not told yet, and must be; null when there is nothing.</summary>
    public string? FindUntold(IEnumerable<RaisedAlert> raised)
    {
        foreach (IGrouping<(ExpectedRule Rule, string Group), RaisedAlert> group in IsLax ? [] : raised
            .Where(found => found.IsSeen && !found.IsAsked).GroupBy(found => (found.Rule, found.Transition.Group)))
        {
            RaisedAlert newest = group.MaxBy(found => (found.Transition.Time, !found.Transition.IsFiring))!;
            bool isKnown = _told.TryGetValue(group.Key, out (long FiringSince, bool IsFiring) told);
            bool isTold = isKnown && told == (newest.Transition.FiringSince, newest.Transition.IsFiring);
            bool isToldOfFiring = isKnown && told.IsFiring && _known.Contains(group.Key);
            bool isOld = clock.Milliseconds - newest.Transition.Time > _triedFor.TotalMilliseconds;

            // What ended before the receiver was first seen, or a day ago, nobody needs who was not told that it fires.
            bool isNeeded = newest.Transition.IsFiring || (isToldOfFiring && !isOld) || (!isOld && !newest.IsPassed);
            if (!isTold && isNeeded)
            {
                return $"a receiver was told {(isKnown ? told.ToString() : "nothing")}, and never of {newest}";
            }
        }

        return null;
    }
}
