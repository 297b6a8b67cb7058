using InfluxDB.Client.Api.Domain;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Configuration;

namespace TimeSeries.Core.Storage.Influx.Startup;

/// <summary>Checks that a bucket of InfluxDB 2.x exists, how long it keeps points, and whether InfluxQL reaches it as a database. Thread safe.</summary>
internal sealed class BucketCheck(InfluxConnection connection, InfluxOptions options, InfluxRoles roles)
{
    /// <summary>
    /// Checks once. Returns null when the bucket is missing or hidden from the account: writing and reading points needs no right to list buckets.
    /// </summary>
    /// <param name="lacksDatabase">Whether the server said that there is no such database or bucket.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    public async Task<BucketFindings?> RunAsync(bool lacksDatabase, CancellationToken cancellationToken)
    {
        Bucket? bucket = await connection.FindBucketAsync(null, cancellationToken).ConfigureAwait(false);
        if (bucket is null)
        {
            return null;
        }

        IReadOnlyList<DBRP>? mappings = await connection.FindMappingsAsync(bucket.OrgID, cancellationToken).ConfigureAwait(false);
        DBRP? mapping = mappings?.FirstOrDefault(IsOurs);
        bool writesToMapped = options.WriteApi == InfluxWriteApi.V1;
        bool reads = roles.HasFlag(InfluxRoles.Reader);
        if (mapping is null)
        {
            bool isMissing = (reads || writesToMapped) && (mappings is not null || lacksDatabase);
            return new BucketFindings(KeptBy(bucket), isMissing ? MissingMapping(bucket) : null);
        }

        if (mapping.BucketID == bucket.Id)
        {
            return new BucketFindings(KeptBy(bucket), null);
        }

        if (!writesToMapped)
        {
            return new BucketFindings(KeptBy(bucket), reads ? OtherMapping(bucket, mapping) : null);
        }

        // A database may be mapped to a bucket of any name. That bucket counts.
        Bucket? mapped = await connection.FindBucketAsync(mapping.BucketID, cancellationToken).ConfigureAwait(false);
        return mapped is null ? null : new BucketFindings(KeptBy(mapped), null);
    }

    private bool IsOurs(DBRP mapping) => mapping.Database == options.Database
        && (options.RetentionPolicy.Length == 0 ? mapping.Default == true : mapping.RetentionPolicy == options.RetentionPolicy);

    private string MissingMapping(Bucket bucket) =>
        $"INFLUX_DATABASE: the bucket '{bucket.Name}' is there, but InfluxQL does not reach it: "
        + $"no mapping (DBRP) leads from the database '{options.Database}' to it. Create the mapping with: {CreateCommand(bucket)}";

    private string OtherMapping(Bucket bucket, DBRP mapping) =>
        $"INFLUX_DATABASE: samples are written to the bucket '{bucket.Name}' ({bucket.Id}), "
        + $"and queries of the database '{options.Database}' read another one ({mapping.BucketID}). "
        + $"Change the mapping with: influx v1 dbrp delete --id {mapping.Id} --org-id {bucket.OrgID} && {CreateCommand(bucket)}";

    private string CreateCommand(Bucket bucket)
    {
        string policy = options.RetentionPolicy.Length == 0 ? "--rp autogen --default" : $"--rp {Quote(options.RetentionPolicy)}";
        return $"influx v1 dbrp create --db {Quote(options.Database)} {policy} --bucket-id {bucket.Id} --org-id {bucket.OrgID}";
    }

    // For a shell.
    private static string Quote(string name) =>
        name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.')
            ? name
            : $"'{name.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    // 0 seconds, or no rule, means no limit.
    private static TimeSpan? KeptBy(Bucket bucket) =>
        bucket.RetentionRules?.FirstOrDefault(rule => rule.EverySeconds > 0)?.EverySeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}

/// <summary>The result of a bucket check.</summary>
/// <param name="Kept">How long the bucket keeps points; null means no limit.</param>
/// <param name="Fault">Why InfluxQL does not reach it, a sentence with the remedy; null when it does, or nothing needs it.</param>
internal sealed record BucketFindings(TimeSpan? Kept, string? Fault);
