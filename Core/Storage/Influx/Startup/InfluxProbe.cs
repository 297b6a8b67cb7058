using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json;
using RestSharp;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Configuration;

namespace TimeSeries.Core.Storage.Influx.Startup;

/// <summary>
/// Checks that an InfluxDB can be the store: server, accounts, database, retention and, on 2.x, the mapping for InfluxQL.
/// Creates a missing database on 1.x when that is allowed, and changes nothing else. Reports all faults at once.
/// Faults quote the server, but never a password or a token. Thread safe.
/// </summary>
/// <param name="options">Where InfluxDB is.</param>
/// <param name="roles">What the host does with it.</param>
/// <param name="keptFor">The longest retention of any kind; null means no limit.</param>
/// <param name="clock">For time-outs.</param>
public sealed class InfluxProbe(InfluxOptions options, InfluxRoles roles, TimeSpan? keptFor, TimeProvider clock)
{
    // Longer error texts add nothing.
    private const int MaxReasonLength = 300;

    // The longest body that is read: lists of retention policies, buckets and mappings are shorter.
    private const int MaxBodyBytes = 64 << 10;

    // No measurement has this name.
    private const string NothingSelect = "SELECT \"nothing\" FROM \"nothing\" LIMIT 1";

    private readonly Uri _server = options.BaseAddress;
    private readonly bool _writes = roles.HasFlag(InfluxRoles.Writer);
    private readonly bool _reads = roles.HasFlag(InfluxRoles.Reader);
    private readonly List<string> _faults = [];
    private bool _lacksDatabase;
    private string? _outage;

    /// <summary>Checks once.</summary>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public async Task<ProbeResult> RunAsync(CancellationToken cancellationToken)
    {
        _faults.Clear();
        (_lacksDatabase, _outage) = (false, null);
        using InfluxConnection writes = new(options, options.Credentials, MaxBodyBytes);
        using InfluxConnection reads = new(options, options.ReadCredentials, MaxBodyBytes);
        try
        {
            if (await PingAsync(options.ReadCredentials.IsEmpty ? writes : reads, cancellationToken).ConfigureAwait(false) is not { } version)
            {
                return new ProbeResult("", _outage, [.. _faults]);
            }

            await CheckAsync(version, writes, reads, cancellationToken).ConfigureAwait(false);
            return new ProbeResult(version, _outage, [.. _faults]);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            string reason = fault is OperationCanceledException
                ? string.Create(CultureInfo.InvariantCulture, $"it said nothing for {options.Timeout.TotalMilliseconds:0} ms")
                : fault.Message;
            return new ProbeResult("", $"InfluxDB at {_server} can't be reached: {reason.TrimEnd('.')}.", []);
        }
    }

    private static bool IsVersion1(string version) => version.TrimStart('v').StartsWith("1.", StringComparison.Ordinal);

    private static bool IsVersion2(string version) => version.TrimStart('v').StartsWith("2.", StringComparison.Ordinal);

    private async Task CheckAsync(string version, InfluxConnection writes, InfluxConnection reads, CancellationToken cancellationToken)
    {
        bool isBefore18 = version.StartsWith("1.6", StringComparison.Ordinal) || version.StartsWith("1.7", StringComparison.Ordinal);
        if (options.WriteApi == InfluxWriteApi.V2 && isBefore18)
        {
            _faults.Add($"INFLUX_WRITE_API: v2 needs InfluxDB 1.8 or later, and {_server} is {version}; use v1.");
            return;
        }

        if (_writes)
        {
            await CheckWritingAsync(writes, cancellationToken).ConfigureAwait(false);
        }

        if (_reads && !_lacksDatabase)
        {
            await CheckReadingAsync(reads, cancellationToken).ConfigureAwait(false);
        }

        BucketFindings? bucket = null;
        if (IsVersion2(version))
        {
            BucketCheck check = new(_reads ? reads : writes, options, roles);
            bucket = await BoundedAsync(token => check.RunAsync(_lacksDatabase, token), cancellationToken).ConfigureAwait(false);
        }

        bool mayMake = _lacksDatabase && _writes && options.CreateDatabase && IsVersion1(version);
        bool made = mayMake && await CreateAsync(writes, cancellationToken).ConfigureAwait(false);
        if (bucket?.Fault is { } fault)
        {
            _faults.Add(fault);
        }
        else if (_lacksDatabase && !made)
        {
            _faults.Add(mayMake
                ? $"INFLUX_DATABASE: there is no '{options.Database}' and it could not be made; make it, or name an account that may."
                : $"INFLUX_DATABASE: there is no '{options.Database}' at {_server}; "
                    + $"make it{(_writes ? "" : ", or start an Ingest that may make it,")} and start again.");
        }
        else if (_faults.Count == 0 && IsVersion1(version))
        {
            await CheckRetentionAsync(_reads || !options.ReadCredentials.IsEmpty ? reads : writes, cancellationToken).ConfigureAwait(false);
        }

        if (_faults.Count == 0 && bucket is not null)
        {
            CompareRetention($"bucket '{options.Bucket}'", bucket.Kept);
        }
    }

    private async Task<string?> PingAsync(InfluxConnection connection, CancellationToken cancellationToken)
    {
        RestResponse response = await BoundedAsync(connection.PingAsync, cancellationToken).ConfigureAwait(false);
        HttpStatusCode status = response.StatusCode;
        string version = InfluxConnection.Header(response, InfluxConnection.VersionHeader) ?? "";
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            _faults.Add(Refused("lets nobody in with this token or name", status, response.Content ?? ""));
            return null;
        }

        if ((int)status is 408 or 429 or >= 500)
        {
            _outage = Refused("does not respond to /ping now", status, response.Content ?? "");
            return null;
        }

        if ((int)status is < 200 or >= 300 || version.Length == 0)
        {
            string lacks = version.Length == 0 ? ", no version" : "";
            _faults.Add($"INFLUX_HOST: what answers at {_server} is no InfluxDB (status {(int)status} to /ping{lacks}).");
            return null;
        }

        return version;
    }

    // A comment is a write that changes nothing; the server checks database and account before it reads the body.
    private async Task CheckWritingAsync(InfluxConnection connection, CancellationToken cancellationToken)
    {
        RestResponse response = await BoundedAsync(token => connection.WriteAsync("# start"u8.ToArray(), null, token), cancellationToken).ConfigureAwait(false);
        (HttpStatusCode status, string body) = (response.StatusCode, response.Content ?? "");
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            _faults.Add(Refused("does not let this account write", status, body));
        }
        else if (status == HttpStatusCode.NotFound && !InfluxConnection.IsFromInflux(response))
        {
            _outage = Refused("gives no response of InfluxDB's to a write", status, body);
        }
        else if (status == HttpStatusCode.NotFound && body.Contains("organization", StringComparison.OrdinalIgnoreCase))
        {
            _faults.Add($"INFLUX_ORG: {_server} has no organisation '{options.Org}'.");
        }
        else if (status == HttpStatusCode.NotFound)
        {
            _lacksDatabase = true;
        }
    }

    private async Task CheckReadingAsync(InfluxConnection connection, CancellationToken cancellationToken)
    {
        StatementResponse response = await BoundedAsync(token => connection.QueryAsync(NothingSelect, token), cancellationToken).ConfigureAwait(false);
        (HttpStatusCode status, string body) = response;
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            _faults.Add(Refused("does not let this account read", status, body));
        }
        else if (response.IsOutage)
        {
            _outage = Refused("gives no response of InfluxDB's to a query", status, body);
        }
        else if (status == HttpStatusCode.NotFound || body.Contains("not found", StringComparison.OrdinalIgnoreCase))
        {
            _lacksDatabase = true;
        }
        else if (status != HttpStatusCode.OK)
        {
            _faults.Add(Refused("takes no queries in InfluxQL", status, body));
        }
    }

    private async Task<bool> CreateAsync(InfluxConnection connection, CancellationToken cancellationToken)
    {
        StatementResponse response = await BoundedAsync(connection.CreateDatabaseAsync, cancellationToken).ConfigureAwait(false);
        if (!response.IsResult)
        {
            _faults.Add(Refused($"does not make the database '{options.Database}'", response.Status, response.Body));
        }

        return response.IsResult;
    }

    private async Task CheckRetentionAsync(InfluxConnection connection, CancellationToken cancellationToken)
    {
        StatementResponse response = await BoundedAsync(connection.ListPoliciesAsync, cancellationToken).ConfigureAwait(false);
        if (response.IsOutage)
        {
            _outage = Refused("gives no response of InfluxDB's to a query", response.Status, response.Body);
        }

        // An account may see no policies.
        if (!response.IsResult || response.Read<(bool Exists, TimeSpan? Kept)?>(result => FindPolicy(result)) is not var (exists, kept))
        {
            return;
        }

        if (!exists)
        {
            _faults.Add($"INFLUX_DATABASE: '{options.Database}' has no retention policy '{options.RetentionPolicy}'.");
        }
        else
        {
            CompareRetention($"database '{options.Database}'", kept);
        }
    }

    private void CompareRetention(string database, TimeSpan? kept)
    {
        if (kept is { } limit && (keptFor is not { } wanted || wanted > limit))
        {
            string ours = keptFor is { } age ? string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0.#}h") : "for ever";
            _faults.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"Storage:Retention: samples are to be kept {ours}, and the {database} deletes them after {limit.TotalHours:0.#}h; ")
                + "set Storage:Retention to that or less.");
        }
    }

    // Columns are name, duration ("720h0m0s", "0s" for no limit), …, default.
    private (bool Exists, TimeSpan? Kept) FindPolicy(JsonElement result)
    {
        if (!result.TryGetProperty("series", out JsonElement series) || !series[0].TryGetProperty("values", out JsonElement rows))
        {
            return (options.RetentionPolicy.Length == 0, null);
        }

        foreach (JsonElement row in rows.EnumerateArray())
        {
            bool isOurs = options.RetentionPolicy.Length == 0 ? row[row.GetArrayLength() - 1].GetBoolean() : row[0].GetString() == options.RetentionPolicy;
            if (isOurs)
            {
                TimeSpan kept = ReadDuration(row[1].GetString() ?? "");
                return (true, kept == TimeSpan.Zero ? null : kept);
            }
        }

        return (false, null);
    }

    private static TimeSpan ReadDuration(string text)
    {
        TimeSpan total = TimeSpan.Zero;
        long number = 0;
        foreach (char character in text)
        {
            if (char.IsAsciiDigit(character))
            {
                number = (number * 10) + (character - '0');
                continue;
            }

            total += character switch { 'h' => TimeSpan.FromHours(number), 'm' => TimeSpan.FromMinutes(number), _ => TimeSpan.FromSeconds(number) };
            number = 0;
        }

        return total;
    }

    private async Task<T> BoundedAsync<T>(Func<CancellationToken, Task<T>> send, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = new(options.Timeout, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        return await send(either.Token).ConfigureAwait(false);
    }

    private string Refused(string what, HttpStatusCode status, string body)
    {
        string said = body.ReplaceLineEndings(" ").Trim();
        said = said.Length <= MaxReasonLength ? said : said[..MaxReasonLength] + "…";
        return $"InfluxDB at {_server} {what} (status {(int)status}): {said}";
    }
}

/// <summary>What a start check found.</summary>
/// <param name="Version">The version that the server reports; empty when it was not reached.</param>
/// <param name="Unreachable">Why the server was not reached, a sentence; null when it was. It may only be restarting, so the check is repeated.</param>
/// <param name="Faults">What an operator must change before the store can work, a sentence each.</param>
public sealed record ProbeResult(string Version, string? Unreachable, ImmutableArray<string> Faults);
