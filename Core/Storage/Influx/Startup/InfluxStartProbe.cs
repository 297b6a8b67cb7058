using System.Collections.Immutable;
using TimeSeries.Core.Storage.Influx.Configuration;

namespace TimeSeries.Core.Storage.Influx.Startup;

/// <summary>The look at InfluxDB before a host uses it.</summary>
public static class InfluxStartProbe
{
    /// <summary>Looks once whether the server, the accounts and the database can do what a host wants of them; makes the database where that is allowed.</summary>
    /// <param name="options">Where InfluxDB is.</param>
    /// <param name="roles">What the host does with it.</param>
    /// <param name="keptFor">The longest that any kind is to be kept; null is for ever.</param>
    /// <param name="clock">For time-outs.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public static async Task<ProbeResult> RunAsync(
        InfluxOptions options, InfluxRoles roles, TimeSpan? keptFor, TimeProvider clock, CancellationToken cancellationToken)
    {
        ProbeTarget target = new(
            options.BaseAddress, options.Database, options.RetentionPolicy, options.WriteApi == InfluxWriteApi.V2 ? options.Org : "",
            options.Credentials.ToHeader(), options.ReadCredentials.ToHeader(), options.Timeout)
        {
            Writes = roles.HasFlag(InfluxRoles.Writer),
            Reads = roles.HasFlag(InfluxRoles.Reader),
            CreatesDatabase = options.CreateDatabase,
            CreatedRetention = options.Retention,
            KeptFor = keptFor,
        };
        return await new InfluxProbe(target, clock).RunAsync(cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>What a start check found.</summary>
/// <param name="Version">The server's version as it says it; empty when it was not reached.</param>
/// <param name="Unreachable">Why the server was not reached, a sentence; null when it was. That passes: it may only be restarting.</param>
/// <param name="Faults">What somebody has to put right before the store can work, a sentence each.</param>
public sealed record ProbeResult(string Version, string? Unreachable, ImmutableArray<string> Faults);
