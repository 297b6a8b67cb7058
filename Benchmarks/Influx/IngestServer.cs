using System.Diagnostics;
using System.Text;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Http;

namespace TimeSeries.Benchmarks.Influx;

/// <summary>The built Ingest as a process of its own, in front of an influxd, on a directory of its own that is deleted with it.</summary>
internal sealed class IngestServer : IDisposable
{
    public const string Token = "token-of-the-measurement";

    // Larger than any that the store needs to catch up.
    private static readonly TimeSpan _storedTimeout = TimeSpan.FromMinutes(10);

    private readonly string _folder = Directory.CreateTempSubdirectory("timeseries-ingest-").FullName;
    private readonly ChildProcess _process;

    /// <summary>Starts it.</summary>
    /// <param name="program">The built host, a <c>.dll</c>.</param>
    /// <param name="influx">Where it writes to.</param>
    /// <param name="options">How it writes.</param>
    public IngestServer(string program, InfluxServer influx, InfluxLoadOptions options)
    {
        ProcessStartInfo start = HostProcess.Of(program, _folder, Path.Combine(_folder, "data"), Token);
        start.ArgumentList.Add("--Storage:Kind=influx");
        start.Environment["INFLUX_HOST"] = influx.Address;
        start.Environment["INFLUX_DATABASE"] = InfluxServer.Database;
        start.Environment["INFLUX_GZIP"] = options.Gzip ? "true" : "false";
        start.Environment["INFLUX_BATCH_LINES"] = Number(options.LineCount);
        start.Environment["INFLUX_BATCH_BYTES"] = Number(options.LineBytes);
        try
        {
            _process = HostProcess.Start(start);
        }
        catch
        {
            Directory.Delete(_folder, recursive: true);
            throw;
        }
    }

    public ServerAddress Address => ServerAddress.Parse(_process.Address, out _)!;

    /// <summary>User and system time of the process.</summary>
    public TimeSpan ProcessorTime => _process.ProcessorTime;

    /// <summary>Pushes one sample behind all others and returns when InfluxDB has it, and so has all.</summary>
    /// <exception cref="InvalidDataException">Ingest refused it, or InfluxDB did not take it for a long time.</exception>
    public void PushLast(TimeProvider clock)
    {
        using BatchClient client = new(Address with { Path = Address.Path + "?wait=stored" }, Token, "application/json");

        // The id makes it one sample however often it is sent.
        byte[] body = Encoding.UTF8.GetBytes($$"""
            {"id":"last-{{clock.GetUtcNow().Ticks}}","transaction":[
              {"time":{{clock.GetUtcNow().ToUnixTimeMilliseconds()}},"oname":"last","service":"/last","elapsed":1}]}
            """);
        long began = clock.GetTimestamp();
        while (clock.GetElapsedTime(began) < _storedTimeout)
        {
            HttpResponseHead response = client.Exchange(body);
            string text = Encoding.UTF8.GetString(client.ResponseBody);
            if (response.Status is not (200 or 429 or 503))
            {
                throw new InvalidDataException($"Ingest answered {response.Status}: {text}");
            }

            if (response.Status == 200 && text.Contains("\"stored\":true", StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidDataException($"InfluxDB had not taken all after {_storedTimeout.TotalMinutes:F0} minutes.");
    }

    public void Dispose()
    {
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Number(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
