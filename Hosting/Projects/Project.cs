using System.Collections.Immutable;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Hosting.Projects;

/// <summary>A project: whose samples are whose. Immutable.</summary>
/// <param name="Pcode">Project code.</param>
/// <param name="Name">Name for people.</param>
/// <param name="ApdexThreshold">T of the apdex.</param>
/// <param name="AccessKeys">Keys that sign requests, in the order configured.</param>
public sealed record Project(long Pcode, string Name, TimeSpan ApdexThreshold, ImmutableArray<AccessKeyOptions> AccessKeys)
{
    // A record prints its members, and the keys hold secrets.
    public override string ToString() => $"project {Pcode}";
}
