using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace TimeSeries.Core.Storage.Influx;

/// <summary>
/// Looks whether an InfluxDB can be the store: it answers, it is one, the accounts may do what the host does, the database is there (made on 1.x when that is
/// allowed) and keeps points as long as the host wants them. Finds everything that is wrong at once; the server's own words stand in the sentences, never
/// a password or a token. Changes nothing but making the database. Thread safe.
/// </summary>
internal sealed class StartCheck(HttpMessageInvoker http, StartCheckTarget target, TimeProvider clock)
{
    // Longer answers say nothing more.
    private const int MaxWordsLength = 300;

    // A name that no measurement of ours has.
    private const string NothingSelect = "SELECT \"nothing\" FROM \"nothing\" LIMIT 1";

    private readonly List<string> _faults = [];
    private bool _lacksDatabase;

    /// <summary>Looks once.</summary>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public async Task<StartFindings> RunAsync(CancellationToken cancellationToken)
    {
        _faults.Clear();
        _lacksDatabase = false;
        try
        {
            if (await PingAsync(cancellationToken).ConfigureAwait(false) is not { } version)
            {
                return new StartFindings("", null, [.. _faults]);
            }

            await LookAsync(version, cancellationToken).ConfigureAwait(false);
            return new StartFindings(version, null, [.. _faults]);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            string reason = fault is OperationCanceledException
                ? string.Create(CultureInfo.InvariantCulture, $"it said nothing for {target.Timeout.TotalMilliseconds:0} ms")
                : fault.Message;
            return new StartFindings("", $"InfluxDB at {target.Server} can't be reached: {reason.TrimEnd('.')}.", []);
        }
    }

    private static bool IsVersion1(string version) => version.TrimStart('v').StartsWith("1.", StringComparison.Ordinal);

    private async Task LookAsync(string version, CancellationToken cancellationToken)
    {
        if (target.Organization.Length > 0 && (version.StartsWith("1.6", StringComparison.Ordinal) || version.StartsWith("1.7", StringComparison.Ordinal)))
        {
            _faults.Add($"INFLUX_WRITE_API: v2 needs InfluxDB 1.8 or later, and {target.Server} is {version}; use v1.");
            return;
        }

        if (target.Writes)
        {
            await CheckWritingAsync(cancellationToken).ConfigureAwait(false);
        }

        if (target.Reads && !_lacksDatabase)
        {
            await CheckReadingAsync(cancellationToken).ConfigureAwait(false);
        }

        bool made = _lacksDatabase && target.Writes && target.CreatesDatabase && IsVersion1(version) && await CreateAsync(cancellationToken).ConfigureAwait(false);
        if (_lacksDatabase && !made)
        {
            _faults.Add(target.CreatesDatabase && target.Writes && IsVersion1(version)
                ? $"INFLUX_DATABASE: there is no '{target.Database}' and it could not be made; make it, or name an account that may."
                : $"INFLUX_DATABASE: there is no '{target.Database}' at {target.Server}; make it{(target.Writes ? "" : ", or start an Ingest that may make it,")} and start again.");
        }
        else if (target.Reads && _faults.Count == 0 && IsVersion1(version))
        {
            await CheckRetentionAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<string?> PingAsync(CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(target.Server, "ping"));
        (HttpStatusCode status, string words, string version) = await SendAsync(request, target.ReadAccount ?? target.WriteAccount, cancellationToken).ConfigureAwait(false);
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
    private async Task CheckWritingAsync(CancellationToken cancellationToken)
    {
        string database = Uri.EscapeDataString(target.Database);
        string policy = target.RetentionPolicy.Length == 0 ? "" : "&rp=" + Uri.EscapeDataString(target.RetentionPolicy);
        string path = target.Organization.Length == 0
            ? $"write?db={database}{policy}&precision=ns"
            : $"api/v2/write?org={Uri.EscapeDataString(target.Organization)}&bucket={database}&precision=ns";
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(target.Server, path)) { Content = new StringContent("# start") };
        (HttpStatusCode status, string words, _) = await SendAsync(request, target.WriteAccount, cancellationToken).ConfigureAwait(false);
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

    private async Task CheckReadingAsync(CancellationToken cancellationToken)
    {
        (HttpStatusCode status, string words) = await AskAsync(NothingSelect, target.ReadAccount, cancellationToken).ConfigureAwait(false);
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

    private async Task<bool> CreateAsync(CancellationToken cancellationToken)
    {
        string duration = target.CreatedRetention is { } kept ? string.Create(CultureInfo.InvariantCulture, $" WITH DURATION {(long)kept.TotalSeconds}s") : "";
        (HttpStatusCode status, string words) =
            await AskAsync($"CREATE DATABASE {Quote(target.Database)}{duration}", target.WriteAccount, cancellationToken).ConfigureAwait(false);
        bool made = status == HttpStatusCode.OK && !words.Contains("\"error\"", StringComparison.Ordinal);
        if (!made)
        {
            _faults.Add(Refused($"does not make the database '{target.Database}'", status, words));
        }

        return made;
    }

    private async Task CheckRetentionAsync(CancellationToken cancellationToken)
    {
        (HttpStatusCode status, string words) =
            await AskAsync($"SHOW RETENTION POLICIES ON {Quote(target.Database)}", target.ReadAccount, cancellationToken).ConfigureAwait(false);
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
        else if (kept is { } limit && (target.KeptFor is not { } wanted || wanted > limit))
        {
            string ours = target.KeptFor is { } age ? string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0.#}h") : "for ever";
            _faults.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"Storage:Retention: samples are to be kept {ours}, and the database '{target.Database}' deletes them after {limit.TotalHours:0.#}h; set Storage:Retention to that or less."));
        }
    }

    // Columns are name, duration ("720h0m0s", "0s" for ever), …, default.
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

    private async Task<(HttpStatusCode Status, string Words)> AskAsync(string statement, AuthenticationHeaderValue? account, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(target.Server, "query"));
        request.Content = new FormUrlEncodedContent([new("db", target.Database), new("q", statement)]);
        (HttpStatusCode status, string words, _) = await SendAsync(request, account, cancellationToken).ConfigureAwait(false);
        return (status, words);
    }

    private async Task<(HttpStatusCode Status, string Words, string Version)> SendAsync(
        HttpRequestMessage request, AuthenticationHeaderValue? account, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = new(target.Timeout, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        request.Headers.Authorization = account;
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using HttpResponseMessage response = await http.SendAsync(request, either.Token).ConfigureAwait(false);
        string words = await response.Content.ReadAsStringAsync(either.Token).ConfigureAwait(false);
        string version = response.Headers.TryGetValues("X-Influxdb-Version", out IEnumerable<string>? values) ? string.Join(' ', values) : "";
        return (response.StatusCode, words, version);
    }

    private string Refused(string what, HttpStatusCode status, string words)
    {
        string said = words.ReplaceLineEndings(" ").Trim();
        said = said.Length <= MaxWordsLength ? said : said[..MaxWordsLength] + "…";
        return $"InfluxDB at {target.Server} {what} (status {(int)status}): {said}";
    }

    private static string Quote(string name)
    {
        StringBuilder quoted = new("\"");
        foreach (char character in name)
        {
            quoted.Append(character is '"' or '\\' ? "\\" : "").Append(character == '\n' ? "\\n" : character.ToString());
        }

        return quoted.Append('"').ToString();
    }
}
