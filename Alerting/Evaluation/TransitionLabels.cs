namespace TimeSeries.Alerting.Evaluation;

/// <summary>The labels by which alerts that rules raise are known in the store.</summary>
internal static class TransitionLabels
{
    public const string Rule = "rule";
    public const string State = "state";
    public const string Firing = "firing";
    public const string Resolved = "resolved";

    public static string StateOf(AlertTransition transition) => transition.IsFiring ? Firing : Resolved;
}
