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

    // When this process has told of a rule last.
    private readonly Dictionary<ExpectedRule, long> _toldAt = [];
    private readonly HashSet<(ExpectedRule Rule, string Group, long FiringSince, bool IsFiring)> _toldHere = [];
    private long _reads;
    private long _since;
    private bool _hasLost;

    private bool IsLax => _hasLost || disk.Damage.Any || disk.FailedReads > _reads;

    /// <summary>The name of a project's receiver.</summary>
    public static string ReceiverOf(long pcode) => string.Create(CultureInfo.InvariantCulture, $"ops-{pcode}");

    /// <summary>A process begins. What it can't read of before it has lost.</summary>
    public void Begin()
    {
        _hasLost |= disk.FailedReads > _reads;
        (_reads, _since) = (disk.FailedReads, long.MaxValue);
        _toldAt.Clear();
        _toldHere.Clear();
    }

    /// <summary>A step has ended; with the first one of a process receivers are known.</summary>
    public void EndStep(IEnumerable<RaisedAlert> raised)
    {
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
            rule = raised.FirstOrDefault(found => found.Rule.Rule.Name == name && ReceiverOf(found.Rule.Pcode) == receiver
                && (found.Transition.Group, found.Transition.IsFiring, found.Transition.FiringSince) == (group, isFiring, since) && found.IsDurable)?.Rule
                ?? throw new SimulationFault(string.Create(
                    CultureInfo.InvariantCulture, $"{receiver} is told of {name} {group} of {since}, firing: {isFiring}, which is not durable"));
            _told[(rule, group)] = (since, isFiring);
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
            bool isOld = clock.Milliseconds - newest.Transition.Time > _triedFor.TotalMilliseconds;

            // What ended before the receiver was first seen, or a day ago, nobody needs who was not told that it fires.
            bool isNeeded = newest.Transition.IsFiring || (isKnown && told.IsFiring && !isOld) || (!isOld && !newest.IsPassed);
            if (!isTold && isNeeded)
            {
                return $"a receiver was told {(isKnown ? told.ToString() : "nothing")}, and never of {newest}";
            }
        }

        return null;
    }
}
