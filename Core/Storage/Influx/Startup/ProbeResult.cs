using System.Collections.Immutable;

namespace TimeSeries.Core.Storage.Influx.Startup;

/// <summary>What a start check found.</summary>
/// <param name="Version">The server's version as it says it; empty when it was not reached.</param>
/// <param name="Unreachable">Why the server was not reached, a sentence; null when it was. That passes: it may only be restarting.</param>
/// <param name="Faults">What somebody has to put right before the store can work, a sentence each.</param>
public sealed record ProbeResult(string Version, string? Unreachable, ImmutableArray<string> Faults);
