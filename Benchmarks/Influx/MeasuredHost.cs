using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Reading;
using TimeSeries.Query;

namespace TimeSeries.Benchmarks.Influx;

/// <summary>The Query host over InfluxDB, in this process, asked over HTTP.</summary>
internal sealed class MeasuredHost : IAsyncDisposable
{
    private const string Token = "token-of-the-measurement";

    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly string _folder = Directory.CreateTempSubdirectory("influx-query-").FullName;
    private readonly WebApplication _app;
    private SourceWitness? _witness;

    private MeasuredHost(InfluxOptions influx, string[] more)
    {
        string settings = Path.Combine(_folder, "influx.env");
        File.WriteAllBytes(settings, Encoding.UTF8.GetBytes($"INFLUX_HOST={influx.Host}\nINFLUX_DATABASE={influx.Database}\n"));
        string[] arguments =
        [
            "--urls=http://127.0.0.1:0", "--Storage:Kind=influx", $"--influx-env={settings}", "--Query:Timeout=00:10:00",
            string.Create(CultureInfo.InvariantCulture, $"--Projects:0:Pcode={GeneratedBatch.Pcode}"), $"--Projects:0:Tokens:0:Secret={Token}", .. more,
        ];
        _app = QueryHost.Build(arguments, services =>
        {
            services.AddLogging(logging => logging.ClearProviders());
            services.AddSingleton(influx);
            services.AddSingleton<ISampleReader>(provider => _witness = new SourceWitness(provider.GetRequiredService<InfluxReader>()));
        });
        _http.DefaultRequestHeaders.Add("x-whatap-pcode", GeneratedBatch.Pcode.ToString(CultureInfo.InvariantCulture));
        _http.DefaultRequestHeaders.Add("x-whatap-token", Token);
    }

    /// <summary>Starts a host.</summary>
    public static async Task<MeasuredHost> StartAsync(InfluxOptions influx, CancellationToken stop, params string[] more)
    {
        MeasuredHost host = new(influx, more);
        await host._app.StartAsync(stop);
        host._http.BaseAddress = new Uri(host._app.Urls.First());
        return host;
    }

    /// <summary>Asks and reads the whole response.</summary>
    /// <exception cref="InvalidOperationException">The response is an error.</exception>
    public async Task<(byte[] Response, TimeSpan Taken, ResultSource Source)> AskAsync(string path, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        using HttpResponseMessage response = await _http.GetAsync(new Uri(path, UriKind.Relative), stop);
        byte[] body = await response.Content.ReadAsByteArrayAsync(stop);
        TimeSpan taken = Stopwatch.GetElapsedTime(start);
        return response.IsSuccessStatusCode
            ? (body, taken, _witness!.Latest)
            : throw new InvalidOperationException($"{path} was answered with {(int)response.StatusCode}: {Encoding.UTF8.GetString(body)}");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
