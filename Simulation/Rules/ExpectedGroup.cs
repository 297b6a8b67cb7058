namespace TimeSeries.Simulation.Rules;

/// <summary>Where a group of a rule must stand: pending, or firing, or firing while its condition fails. All in ms.</summary>
internal readonly record struct ExpectedGroup(long PendingSince, long? FiringSince, long? FailingSince);

/// <summary>An alert that an evaluation must raise.</summary>
internal readonly record struct ExpectedTransition(string Group, bool IsFiring, long Time, long PendingSince, long FiringSince);

/// <summary>What an evaluation must change.</summary>
internal sealed record ExpectedStep(long Time, Dictionary<string, ExpectedGroup> Groups, List<ExpectedTransition> Raised);
