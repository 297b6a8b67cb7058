using System.Diagnostics;

namespace TimeSeries.Hosting.Telemetry;

/// <summary>
/// Where the hosts' spans begin. Nobody listens unless OTLP is configured: then <see cref="ActivitySource.StartActivity(string, ActivityKind)"/> returns null
/// and allocates nothing. Tags name projects, kinds and numbers, never tokens, bodies or texts of samples. Thread safe.
/// </summary>
public static class Tracing
{
    public const string SourceName = "TimeSeries";

    public static ActivitySource Source { get; } = new(SourceName);
}
