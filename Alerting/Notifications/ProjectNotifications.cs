using System.Collections.Immutable;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Alerting.Silences;

namespace TimeSeries.Alerting.Notifications;

/// <summary>The alerts of one project and what its receivers were told of them. Thread safe; nothing is sent or written while its lock is held.</summary>
/// <param name="alerts">Its alerts.</param>
/// <param name="receivers">The receivers of all projects.</param>
/// <param name="silences">The silences of all projects.</param>
/// <param name="lanes">What its receivers were told before the start, by name.</param>
internal sealed class ProjectNotifications(
    ProjectAlerts alerts, ReceiverBook receivers, SilenceBook silences, Dictionary<string, ReceiverLane> lanes)
{
    private static readonly TimeSpan _sweepEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _keptFor = ReceiverLane.TriedFor + TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private Dictionary<string, ReceiverLane> _lanes = lanes;
    private ImmutableSortedDictionary<string, Receiver>? _seenReceivers;
    private ImmutableSortedDictionary<string, Silence>? _seenSilences;
    private DateTimeOffset _nextSweep;
    private DateTimeOffset _lastStep;
    private bool _isChanged;

    public long Pcode => alerts.Pcode;

    /// <summary>Takes a transition: receivers are told of it soon.</summary>
    public void Add(AlertTransition alert, DateTimeOffset now)
    {
        lock (_lock)
        {
            // Of what ended long ago only those are told who were told that it fires.
            bool isOld = !alert.Lasts && IsLate(alert, now) && !_lanes.Values.Any(lane => lane.WasToldOfFiring(alert));
            if (!isOld && alerts.Add(alert))
            {
                foreach (ReceiverLane lane in _lanes.Values)
                {
                    lane.Rule(alert.Rule).LookBy(now + ReceiverLane.GroupWait);
                }
            }
        }
    }

    /// <summary>Takes note of changed receivers and silences, and forgets what nobody needs any more.</summary>
    public void Refresh(DateTimeOffset now)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(_seenReceivers, receivers.Of(Pcode)))
            {
                _seenReceivers = receivers.Of(Pcode);
                Follow(_seenReceivers, now);
            }

            if (!ReferenceEquals(_seenSilences, silences.Of(Pcode)))
            {
                _seenSilences = silences.Of(Pcode);
                foreach (ReceiverLane lane in _lanes.Values)
                {
                    lane.LookAtSilenced(now);
                }
            }

            foreach (ReceiverLane lane in _lanes.Values)
            {
                lane.NoteTime(now);
            }

            // Else what was planned would wait for as long as the clock was set back.
            if (now < _lastStep)
            {
                _nextSweep = now;
                foreach (ReceiverLane lane in _lanes.Values)
                {
                    lane.LookAtPlanned(now);
                }
            }

            _lastStep = now;
            if (now >= _nextSweep)
            {
                _nextSweep = now + _sweepEvery;
                Sweep(now);
            }
        }
    }

    /// <summary>Starts to send for each receiver that has something due and sends nothing yet.</summary>
    public void StartSending(Func<ReceiverLane, Task> send, DateTimeOffset now)
    {
        ReceiverLane[] due;
        lock (_lock)
        {
            due = [.. _lanes.Values.Where(lane => lane.Sending.IsCompleted && lane.IsDue(now))];
        }

        foreach (ReceiverLane lane in due)
        {
            lane.Sending = send(lane);
        }
    }

    /// <summary>The next notification that is due for a receiver; null when none is.</summary>
    public Notification? Next(ReceiverLane lane, DateTimeOffset now)
    {
        lock (_lock)
        {
            _isChanged = true;
            return lane.Next(alerts, silences, now);
        }
    }

    /// <summary>Takes note of what became of a notification.</summary>
    /// <returns>How it stood with the receiver before, and how it does now.</returns>
    public (ReceiverHealth Before, ReceiverHealth Now) Finish(
        ReceiverLane lane, Notification notification, WebhookResult result, DateTimeOffset now, double jitter)
    {
        lock (_lock)
        {
            _isChanged = true;
            ReceiverHealth before = lane.Health;
            lane.Finish(notification, result, now, jitter);
            return (before, lane.Health);
        }
    }

    /// <summary>What receivers were told, as a file keeps it; null when nothing has changed since the last call.</summary>
    public byte[]? TakeChanges()
    {
        lock (_lock)
        {
            bool isChanged = _isChanged;
            _isChanged = false;
            return isChanged ? DeliveryFile.ToJson(_lanes.Values) : null;
        }
    }

    /// <summary>The changes that were taken were not kept.</summary>
    public void ReturnChanges()
    {
        lock (_lock)
        {
            _isChanged = true;
        }
    }

    /// <summary>How it stands with each receiver, and how many alerts it is to be told.</summary>
    public ImmutableArray<(Receiver Receiver, ReceiverHealth Health, int Waiting)> Report()
    {
        lock (_lock)
        {
            return [.. _lanes.Values.Select(lane => (lane.Receiver, lane.Health, lane.CountWaiting(alerts)))];
        }
    }

    /// <summary>Ends when no notification is on its way that is now.</summary>
    public Task WhenSentAsync()
    {
        lock (_lock)
        {
            return Task.WhenAll(_lanes.Values.Select(lane => lane.Sending));
        }
    }

    private static bool IsLate(AlertTransition alert, DateTimeOffset now) => alert.Time < (now - ReceiverLane.TriedFor).ToUnixTimeMilliseconds();

    private void Follow(ImmutableSortedDictionary<string, Receiver> current, DateTimeOffset now)
    {
        Dictionary<string, ReceiverLane> next = new(StringComparer.Ordinal);
        foreach ((string name, Receiver receiver) in current)
        {
            ReceiverLane lane = _lanes.TryGetValue(name, out ReceiverLane? known) ? known : new ReceiverLane(receiver, now);
            next.Add(name, lane);
            if (ReferenceEquals(lane.Receiver, receiver) && known is not null)
            {
                continue;
            }

            lane.Change(receiver);
            foreach (string rule in alerts.Rules)
            {
                lane.Rule(rule).LookBy(now + ReceiverLane.GroupWait);
            }
        }

        // Without receivers there is nothing to keep, and no file for it.
        _isChanged |= _lanes.Count != next.Count || next.Values.Any(lane => !_lanes.ContainsValue(lane));
        _lanes = next;
    }

    private void Sweep(DateTimeOffset now)
    {
        foreach (AlertTransition late in alerts.All.Where(alert => !alert.Lasts && IsLate(alert, now)))
        {
            foreach (ReceiverLane lane in _lanes.Values)
            {
                lane.GiveUp(late);
            }
        }

        alerts.Remove(alert => !alert.Lasts && _lanes.Values.All(lane => lane.IsDone(alert)));
        long before = (now - _keptFor).ToUnixTimeMilliseconds();
        foreach (ReceiverLane lane in _lanes.Values)
        {
            lane.Forget(before);
        }
    }
}
