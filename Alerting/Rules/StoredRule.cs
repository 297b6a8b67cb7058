namespace TimeSeries.Alerting.Rules;

/// <summary>A rule of a project, as it is since its last change. Immutable.</summary>
/// <param name="Pcode">The project.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Revision">Counts its changes, from 1.</param>
/// <param name="ChangedAt">When it was changed last, in ms since the Unix epoch. It is not evaluated for times before.</param>
public sealed record StoredRule(long Pcode, AlertRule Rule, int Revision, long ChangedAt)
{
    /// <summary>Ms between evaluations.</summary>
    public long Every => (long)Rule.Every.TotalMilliseconds;

    /// <summary>The first evaluation time that is not before a moment.</summary>
    public long FirstTimeFrom(long milliseconds) => (milliseconds + Every - 1) / Every * Every;
}
