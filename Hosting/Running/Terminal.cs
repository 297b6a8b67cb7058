namespace TimeSeries.Hosting.Running;

/// <summary>Where the host prints what must not stand in logs: the token that it made.</summary>
/// <param name="Out">The console; a test's own writer in tests.</param>
public sealed record Terminal(TextWriter Out);
