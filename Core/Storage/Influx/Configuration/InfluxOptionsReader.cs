using System.Globalization;
using TimeSeries.Core.Files;

namespace TimeSeries.Core.Storage.Influx.Configuration;

/// <summary>
/// Reads <see cref="InfluxOptions"/> from the process environment and from <c>influx.env</c>: in the working directory, else upwards, or at a given path.
/// The environment wins. All errors are found at once.
/// </summary>
public sealed class InfluxOptionsReader
{
    private readonly InfluxSettings _settings;

    private InfluxOptionsReader(InfluxSettings settings) => _settings = settings;

    /// <summary>Reads the options.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="workingDirectory">Where the search for the file begins, and what a relative path is relative to.</param>
    /// <param name="path">The file (<c>--influx-env</c>); null to search for it.</param>
    /// <param name="environment">The value of an environment variable, or null.</param>
    public static InfluxOptionsOutcome Read(IFileSystem files, string workingDirectory, string? path, Func<string, string?> environment)
    {
        InfluxSettings settings = new(files, workingDirectory, path, environment);
        InfluxOptions options = new InfluxOptionsReader(settings).Read();
        return new InfluxOptionsOutcome(settings.Errors.Count == 0 ? options : null, settings.Errors, settings.Path);
    }

    private InfluxOptions Read()
    {
        InfluxOptions defaults = new();
        (string database, string policy) = ReadDatabase(defaults.Database);
        InfluxCredentials write = ReadCredentials("INFLUX_", ["INFLUX_TOKEN", "INFLUXDB_V2_TOKEN", "INFLUXDB3_AUTH_TOKEN"]);
        InfluxCredentials read = ReadCredentials("INFLUX_READ_", ["INFLUX_READ_TOKEN"]);
        return new InfluxOptions
        {
            Host = ReadHost(defaults.Host),
            Credentials = write,
            ReadCredentials = read.IsEmpty ? write : read,
            Org = _settings.Find("INFLUX_ORG", "INFLUXDB_V2_ORG") is { Length: > 0 } org ? org : defaults.Org,
            Database = database,
            RetentionPolicy = policy,
            WriteApi = ReadChoice("INFLUX_WRITE_API", defaults.WriteApi),
            CreateDatabase = ReadFlag("INFLUX_CREATE_DATABASE", defaults.CreateDatabase),
            Retention = ReadRetention(),
            Timeout = TimeSpan.FromMilliseconds(ReadNumber("INFLUX_TIMEOUT_MS", 100, 600_000, (int)defaults.Timeout.TotalMilliseconds)),
            Gzip = ReadFlag("INFLUX_GZIP", defaults.Gzip),
            BatchLines = ReadNumber("INFLUX_BATCH_LINES", 1, 100_000, defaults.BatchLines),
            BatchBytes = ReadNumber("INFLUX_BATCH_BYTES", 1 << 10, InfluxOptions.MaxBatchBytes, defaults.BatchBytes),
            FlushAge = TimeSpan.FromMilliseconds(ReadNumber("INFLUX_FLUSH_MS", 1, 60_000, (int)defaults.FlushAge.TotalMilliseconds)),
        };
    }

    private Uri ReadHost(Uri fallback)
    {
        string? text = _settings.Find(["INFLUX_HOST", "INFLUXDB_V2_URL", "INFLUXDB3_HOST_URL"], out string key);
        if (string.IsNullOrEmpty(text))
        {
            return fallback;
        }

        string address = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? host) || host.Scheme is not ("http" or "https") || host.Host.Length == 0)
        {
            // The text before an @ may be a password.
            string found = text.Contains('@', StringComparison.Ordinal) ? $"{key} is no address." : $"{key} = '{text}' is no address like http://host:8086.";
            _settings.Errors.Add(found);
            return fallback;
        }

        if (host.UserInfo.Length > 0 || host.Query.Length > 0)
        {
            _settings.Errors.Add($"{key} has a name, password or query in it; they belong into INFLUX_USERNAME, INFLUX_PASSWORD or INFLUX_TOKEN.");
            return fallback;
        }

        return host;
    }

    private InfluxCredentials ReadCredentials(string prefix, ReadOnlySpan<string> tokenNames)
    {
        string token = _settings.Secret(tokenNames);
        string name = _settings.Find(prefix + "USERNAME") ?? "";
        string password = _settings.Secret(prefix + "PASSWORD");
        if (password.Length > 0 && name.Length == 0)
        {
            _settings.Errors.Add($"{prefix}PASSWORD is set, but {prefix}USERNAME is not.");
        }

        if (token.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            _settings.Errors.Add($"{tokenNames[0]} has characters that no token has.");
            token = "";
        }

        return new InfluxCredentials(token, name, password, ReadChoice("INFLUX_AUTH_SCHEME", InfluxAuthScheme.Token));
    }

    private (string Database, string Policy) ReadDatabase(string fallback)
    {
        string? text = _settings.Find(["INFLUX_DATABASE", "INFLUX_BUCKET_NAME", "INFLUX_BUCKET", "INFLUXDB3_DATABASE_NAME"], out string key);
        if (string.IsNullOrEmpty(text))
        {
            return (fallback, "");
        }

        string[] parts = text.Split('/');
        if (parts.Length > 2 || parts.Contains("") || text.AsSpan().ContainsAnyInRange('\0', '\u001F'))
        {
            _settings.Errors.Add($"{key} = '{text}' is neither a database nor database/retention policy.");
            return (fallback, "");
        }

        return (parts[0], parts.Length == 2 ? parts[1] : "");
    }

    private TimeSpan? ReadRetention()
    {
        const string Key = "INFLUX_RETENTION";
        if (_settings.Find(Key) is not { Length: > 0 } text)
        {
            return null;
        }

        TimeSpan unit = text[^1] switch
        {
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            'w' => TimeSpan.FromDays(7),
            _ => TimeSpan.Zero,
        };
        bool isNumber = int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count);

        // InfluxDB takes no retention under an hour.
        if (!isNumber || unit == TimeSpan.Zero || count is < 1 or > 100_000)
        {
            _settings.Errors.Add($"{Key} = '{text}' is no duration like 30d, 12h or 4w (at least 1h), nor empty.");
            return null;
        }

        return unit * count;
    }

    private T ReadChoice<T>(string key, T fallback)
        where T : struct, Enum
    {
        if (_settings.Find(key) is not { Length: > 0 } text)
        {
            return fallback;
        }

        if (char.IsAsciiLetter(text[0]) && Enum.TryParse(text, ignoreCase: true, out T value) && Enum.IsDefined(value))
        {
            return value;
        }

        string error = $"{key} = '{text}' must be one of {string.Join(", ", Enum.GetNames<T>())}.";
        if (!_settings.Errors.Contains(error))
        {
            _settings.Errors.Add(error);
        }

        return fallback;
    }

    private bool ReadFlag(string key, bool fallback)
    {
        switch (_settings.Find(key)?.ToLowerInvariant())
        {
            case null or "":
                return fallback;
            case "true" or "1" or "yes" or "on":
                return true;
            case "false" or "0" or "no" or "off":
                return false;
            default:
                _settings.Errors.Add($"{key} = '{_settings.Find(key)}' must be true or false.");
                return fallback;
        }
    }

    private int ReadNumber(string key, int least, int most, int fallback)
    {
        if (_settings.Find(key) is not { Length: > 0 } text)
        {
            return fallback;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most)
        {
            return value;
        }

        _settings.Errors.Add(string.Create(CultureInfo.InvariantCulture, $"{key} = '{text}' must be a whole number from {least} to {most}."));
        return fallback;
    }
}

/// <summary>The options, or all errors. Each error names the key and the value found; of a secret only the key.</summary>
/// <param name="Options">The options; null when there are errors.</param>
/// <param name="Errors">What is wrong.</param>
/// <param name="Path">The file that was read; null when there was none.</param>
public sealed record InfluxOptionsOutcome(InfluxOptions? Options, IReadOnlyList<string> Errors, string? Path);
