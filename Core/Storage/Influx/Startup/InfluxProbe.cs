using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using RestSharp;
using TimeSeries.Core.Storage.Influx.Client;

namespace TimeSeries.Core.Storage.Influx.Startup;

/// <summary>
/// Checks that an InfluxDB can be the store: server, accounts, database, retention and, on 2.x, the mapping for InfluxQL.
/// Creates a missing database on 1.x when that is allowed, and changes nothing else. Reports all faults at once.
/// Faults quote the server, but never a password or a token. Thread safe.
/// </summary>
internal sealed class InfluxProbe(ProbeTarget target, TimeProvider clock)
{
    // Longer error texts add nothing.
    private const int MaxWordsLength = 300;

    // The longest body that is read: lists of retention policies, buckets and mappings are shorter.
    private const int MaxBodyBytes = 64 << 10;

    // A name that no measurement of ours has.
    private const string NothingSelect = "SELECT \"nothing\" FROM \"nothing\" LIMIT 1";

    private readonly List<string> _faults = [];
    private bool _lacksDatabase;

    /// <summary>Looks once.</summary>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public async Task<ProbeResult> RunAsync(CancellationToken cancellationToken)
    {
        _faults.Clear();
        _lacksDatabase = false;
        using InfluxConnection writes = Connect(target.WriteAccount);
        using InfluxConnection reads = Connect(target.ReadAccount);
        try
        {
            if (await PingAsync(target.ReadAccount is null ? writes : reads, cancellationToken).ConfigureAwait(false) is not { } version)
            {
                return new ProbeResult("", null, [.. _faults]);
            }

            await LookAsync(version, writes, reads, cancellationToken).ConfigureAwait(false);
            return new ProbeResult(version, null, [.. _faults]);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            string reason = fault is OperationCanceledException
                ? string.Create(CultureInfo.InvariantCulture, $"it said nothing for {target.Timeout.TotalMilliseconds:0} ms")
                : fault.Message;
            return new ProbeResult("", $"InfluxDB at {target.Server} can't be reached: {reason.TrimEnd('.')}.", []);
        }
    }

    private static bool IsVersion1(string version) => version.TrimStart('v').StartsWith("1.", StringComparison.Ordinal);

    private static bool IsVersion2(string version) => version.TrimStart('v').StartsWith("2.", StringComparison.Ordinal);

    private InfluxConnection Connect(AuthenticationHeaderValue? account) =>
        new(target.Server, target.Organization, target.Database, target.RetentionPolicy, account, MaxBodyBytes);

    private async Task LookAsync(string version, InfluxConnection writes, InfluxConnection reads, CancellationToken cancellationToken)
    {
        if (target.Organization.Length > 0 && (version.StartsWith("1.6", StringComparison.Ordinal) || version.StartsWith("1.7", StringComparison.Ordinal)))
        {
            _faults.Add($"INFLUX_WRITE_API: v2 needs InfluxDB 1.8 or later, and {target.Server} is {version}; use v1.");
            return;
        }

        if (target.Writes)
        {
            await CheckWritingAsync(writes, cancellationToken).ConfigureAwait(false);
        }

        if (target.Reads && !_lacksDatabase)
        {
            await CheckReadingAsync(reads, cancellationToken).ConfigureAwait(false);
        }

        BucketCheck? check = IsVersion2(version) ? new BucketCheck(target.Reads ? reads : writes, target) : null;
        BucketFindings? bucket = check is null ? null : await BoundedAsync(token => check.RunAsync(_lacksDatabase, token), cancellationToken).ConfigureAwait(false);
        bool mayMake = _lacksDatabase && target.Writes && target.CreatesDatabase && IsVersion1(version);
        bool made = mayMake && await CreateAsync(writes, cancellationToken).ConfigureAwait(false);
        if (bucket?.Fault is { } fault)
        {
            _faults.Add(fault);
        }
        else if (_lacksDatabase && !made)
        {
            _faults.Add(mayMake
                ? $"INFLUX_DATABASE: there is no '{target.Database}' and it could not be made; make it, or name an account that may."
                : $"INFLUX_DATABASE: there is no '{target.Database}' at {target.Server}; make it{(target.Writes ? "" : ", or start an Ingest that may make it,")} and start again.");
        }
        else if (target.Reads && _faults.Count == 0 && IsVersion1(version))
        {
            await CheckRetentionAsync(reads, cancellationToken).ConfigureAwait(false);
        }

        if (target.Reads && _faults.Count == 0 && bucket is not null)
        {
            CompareRetention($"bucket '{target.Bucket}'", bucket.Kept);
        }
    }

    private async Task<string?> PingAsync(InfluxConnection connection, CancellationToken cancellationToken)
    {
        RestResponse response = await BoundedAsync(connection.PingAsync, cancellationToken).ConfigureAwait(false);
        (HttpStatusCode status, string words, string version) = (response.StatusCode, response.Content ?? "", InfluxConnection.Header(response, "X-Influxdb-Version") ?? "");
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            _faults.Add(Refused("lets nobody in with this token or name", status, words));
            return null;
        }

        if ((int)status is < 200 or >= 300 || version.Length == 0)
        {
            _faults.Add($"INFLUX_HOST: what answers at {target.Server} is no InfluxDB (status {(int)status} to /ping{(version.Length == 0 ? ", no version" : "")}).");
            return null;
        }

        return version;
    }

    // A comment is a write that changes nothing; the server checks database and account before it reads the body.
    private async Task CheckWritingAsync(InfluxConnection connection, CancellationToken cancellationToken)
    {
        RestResponse response = await BoundedAsync(token => connection.WriteAsync("# start"u8.ToArray(), null, token), cancellationToken).ConfigureAwait(false);
        (HttpStatusCode status, string words) = (response.StatusCode, response.Content ?? "");
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            _faults.Add(Refused("does not let this account write", status, words));
        }
        else if (status == HttpStatusCode.NotFound && words.Contains("organization", StringComparison.OrdinalIgnoreCase))
        {
            _faults.Add($"INFLUX_ORG: {target.Server} has no organisation '{target.Organization}'.");
        }
        else if (status == HttpStatusCode.NotFound)
        {
            _lacksDatabase = true;
        }
    }

    private async Task CheckReadingAsync(InfluxConnection connection, CancellationToken cancellationToken)
    {
        (HttpStatusCode status, string words) = await BoundedAsync(token => connection.QueryAsync(NothingSelect, token), cancellationToken).ConfigureAwait(false);
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            _faults.Add(Refused("does not let this account read", status, words));
        }
        else if (status == HttpStatusCode.NotFound || words.Contains("not found", StringComparison.OrdinalIgnoreCase))
        {
            _lacksDatabase = true;
        }
        else if (status != HttpStatusCode.OK)
        {
            _faults.Add(Refused("can't be asked in InfluxQL", status, words));
        }
    }

    private async Task<bool> CreateAsync(InfluxConnection connection, CancellationToken cancellationToken)
    {
        (HttpStatusCode status, string words) =
            await BoundedAsync(token => connection.CreateDatabaseAsync(target.CreatedRetention, token), cancellationToken).ConfigureAwait(false);
        bool made = status == HttpStatusCode.OK && !words.Contains("\"error\"", StringComparison.Ordinal);
        if (!made)
        {
            _faults.Add(Refused($"does not make the database '{target.Database}'", status, words));
        }

        return made;
    }

    private async Task CheckRetentionAsync(InfluxConnection connection, CancellationToken cancellationToken)
    {
        (HttpStatusCode status, string words) =
            await BoundedAsync(connection.ListPoliciesAsync, cancellationToken).ConfigureAwait(false);
        if (status != HttpStatusCode.OK)
        {
            return;
        }

        using JsonDocument answer = JsonDocument.Parse(words);
        (bool exists, TimeSpan? kept) = FindPolicy(answer.RootElement);
        if (!exists)
        {
            _faults.Add($"INFLUX_DATABASE: '{target.Database}' has no retention policy '{target.RetentionPolicy}'.");
        }
        else
        {
            CompareRetention($"database '{target.Database}'", kept);
        }
    }

    private void CompareRetention(string place, TimeSpan? kept)
    {
        if (kept is { } limit && (target.KeptFor is not { } wanted || wanted > limit))
        {
            string ours = target.KeptFor is { } age ? string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0.#}h") : "for ever";
            _faults.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"Storage:Retention: samples are to be kept {ours}, and the {place} deletes them after {limit.TotalHours:0.#}h; set Storage:Retention to that or less."));
        }
    }

    // Columns are name, duration ("720h0m0s", "0s" for no limit), …, default.
    private (bool Exists, TimeSpan? Kept) FindPolicy(JsonElement answer)
    {
        if (!answer.GetProperty("results")[0].TryGetProperty("series", out JsonElement series) || !series[0].TryGetProperty("values", out JsonElement rows))
        {
            return (target.RetentionPolicy.Length == 0, null);
        }

        foreach (JsonElement row in rows.EnumerateArray())
        {
            bool isOurs = target.RetentionPolicy.Length == 0 ? row[row.GetArrayLength() - 1].GetBoolean() : row[0].GetString() == target.RetentionPolicy;
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
        using CancellationTokenSource timeout = new(target.Timeout, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        return await send(either.Token).ConfigureAwait(false);
    }

    private string Refused(string what, HttpStatusCode status, string words)
    {
        string said = words.ReplaceLineEndings(" ").Trim();
        said = said.Length <= MaxWordsLength ? said : said[..MaxWordsLength] + "…";
        return $"InfluxDB at {target.Server} {what} (status {(int)status}): {said}";
    }
}

/// <summary>What a start check needs to know.</summary>
/// <param name="Server">Address of the server, ending in a slash.</param>
/// <param name="Database">The database, or the bucket.</param>
/// <param name="RetentionPolicy">Its retention policy; empty for the default one.</param>
/// <param name="Organization">The organisation that <c>/api/v2/write</c> asks for; empty to write to <c>/write</c>.</param>
/// <param name="WriteAccount">The header that lets writes in, or null where the server needs none.</param>
/// <param name="ReadAccount">The same for queries.</param>
/// <param name="Timeout">How long one request may take.</param>
internal sealed record ProbeTarget(
    Uri Server, string Database, string RetentionPolicy, string Organization,
    AuthenticationHeaderValue? WriteAccount, AuthenticationHeaderValue? ReadAccount, TimeSpan Timeout)
{
    /// <summary>Name of the bucket of 2.x.</summary>
    public string Bucket => RetentionPolicy.Length > 0 ? $"{Database}/{RetentionPolicy}" : Database;

    /// <summary>Whether the host writes.</summary>
    public bool Writes { get; init; }

    /// <summary>Whether the host runs queries.</summary>
    public bool Reads { get; init; }

    /// <summary>Whether a missing database is created (1.x only).</summary>
    public bool CreatesDatabase { get; init; }

    /// <summary>How long a created database keeps its points; null means no limit.</summary>
    public TimeSpan? CreatedRetention { get; init; }

    /// <summary>The longest that any kind is to be kept by the host's own options; null means no limit.</summary>
    public TimeSpan? KeptFor { get; init; }
}
