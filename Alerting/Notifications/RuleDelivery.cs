namespace TimeSeries.Alerting.Notifications;

/// <summary>What one receiver was told of one rule, and when it is to be looked at next. For one caller at a time.</summary>
/// <param name="rule">The rule's name.</param>
internal sealed class RuleDelivery(string rule)
{
    public string Rule => rule;

    /// <summary>By group, the transition that it was told last, or needs not be told.</summary>
    public Dictionary<string, DeliveredAlert> Delivered { get; } = new(StringComparer.Ordinal);

    /// <summary>When to look whether there is something to tell; null when there is nothing, or a notification is on its way.</summary>
    public DateTimeOffset? Due { get; private set; }

    /// <summary>When the last notification was delivered; null when there was none.</summary>
    public DateTimeOffset? LastSent { get; set; }

    /// <summary>How many notifications failed since the last one that was delivered.</summary>
    public int Failures { get; set; }

    /// <summary>When the first silence ends that kept something back; null when none did.</summary>
    public DateTimeOffset? SilenceEnd { get; set; }

    /// <summary>Has it looked at by a moment, or before if that was planned. One that fails keeps its time.</summary>
    public void LookBy(DateTimeOffset? moment)
    {
        if (moment is not null && (Due is null || (moment < Due && Failures == 0)))
        {
            Due = moment;
        }
    }

    /// <summary>Has it looked at at this moment, whatever was planned.</summary>
    public void LookAt(DateTimeOffset? moment) => Due = moment;
}

/// <summary>A transition of a group that a receiver was told.</summary>
/// <param name="Id">The transition.</param>
/// <param name="IsFiring">Whether it fired; else it was resolved.</param>
/// <param name="Time">The transition's time, in ms since the Unix epoch.</param>
internal readonly record struct DeliveredAlert(Guid Id, bool IsFiring, long Time);
