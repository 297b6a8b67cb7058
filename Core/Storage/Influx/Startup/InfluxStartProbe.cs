using System.Collections.Immutable;
using TimeSeries.Core.Storage.Influx.Configuration;

namespace TimeSeries.Core.Storage.Influx.Startup;

/// <summary>Checks InfluxDB before a host uses it.</summary>
public static class InfluxStartProbe
{
    /// <summary>Checks once that server, accounts and database fit the host's roles. Creates the database where that is allowed.</summary>
    /// <param name="options">Where InfluxDB is.</param>
    /// <param name="roles">What the host does with it.</param>
    /// <param name="keptFor">The longest retention of any kind; null means no limit.</param>
    /// <param name="clock">For time-outs.</param>
    /// <param name="cancellationToken">Ends the check.</param>
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
/// <param name="Version">The version that the server reports; empty when it was not reached.</param>
/// <param name="Unreachable">Why the server was not reached, a sentence; null when it was. It may only be restarting, so the check is repeated.</param>
/// <param name="Faults">What an operator must change before the store can work, a sentence each.</param>
public sealed record ProbeResult(string Version, string? Unreachable, ImmutableArray<string> Faults);
