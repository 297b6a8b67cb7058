using System.Diagnostics;
using System.Globalization;
using System.IO.Hashing;
using System.Text.Json;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Load;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Storage.Influx.Configuration;

namespace TimeSeries.Benchmarks.Influx;

/// <summary>Writes the day, asks every list endpoint in turn, round after round, and compares the responses with those without rollups.</summary>
internal sealed class InfluxQueryRun(InfluxQueryOptions options, InfluxOptions influx)
{
    public async Task<InfluxQueryReport> RunAsync(CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        await new DayWriter(influx, new DayOfSamples(options.Transactions)).WriteAsync(stop);
        double written = Stopwatch.GetElapsedTime(start).TotalSeconds;
        (string Name, string Path)[] endpoints = [.. Endpoints()];
        double[] firsts = new double[endpoints.Length];
        LatencyHistogram[] times = [.. endpoints.Select(_ => new LatencyHistogram())];
        byte[][] responses = new byte[endpoints.Length][];
        ResultSource[] sources = new ResultSource[endpoints.Length];
        TimeSpan[] processors = new TimeSpan[endpoints.Length];
        await using (MeasuredHost host = await MeasuredHost.StartAsync(influx, stop))
        {
            // In turn, since what one endpoint keeps in memory may push out what another needs.
            for (int round = 0; round <= options.Requests; round++)
            {
                for (int i = 0; i < endpoints.Length; i++)
                {
                    TimeSpan before = Environment.CpuUsage.TotalTime;
                    (responses[i], TimeSpan taken, sources[i]) = await host.AskAsync(endpoints[i].Path, stop);
                    if (round == 0)
                    {
                        firsts[i] = taken.TotalMilliseconds;
                    }
                    else
                    {
                        times[i].Record(taken);
                        processors[i] += Environment.CpuUsage.TotalTime - before;
                    }
                }
            }
        }

        List<EndpointTimes> report = [];
        await using MeasuredHost raw = await MeasuredHost.StartAsync(influx, stop, "--Query:Rollups=false");
        for (int i = 0; i < endpoints.Length; i++)
        {
            TimeSpan processor = Environment.CpuUsage.TotalTime;
            (byte[] response, TimeSpan taken, _) = await raw.AskAsync(endpoints[i].Path, stop);
            report.Add(new EndpointTimes
            {
                Name = endpoints[i].Name,
                First = firsts[i],
                Median = times[i].Median,
                P99 = times[i].P99,
                Processor = processors[i].TotalMilliseconds / options.Requests,
                Rows = RowsOf(responses[i]),
                Source = sources[i].ToString(),
                Raw = taken.TotalMilliseconds,
                RawProcessor = (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds,
                IsSame = response.AsSpan().SequenceEqual(responses[i]),
            });
        }

        return new InfluxQueryReport { Transactions = options.Transactions, WriteSeconds = written, Endpoints = report };
    }

    private static IEnumerable<(string Name, string Path)> Endpoints()
    {
        string range = string.Create(CultureInfo.InvariantCulture, $"{DayOfSamples.Start}/{DayOfSamples.End}");
        foreach (string name in new[] { "transaction", "sql", "httpc", "exception", "remote" })
        {
            yield return (name, $"/open/api/json/{name}/{range}");
        }

        int agent = (int)Crc32.HashToUInt32(new Population().Agents[0]);
        yield return ("httpc of a host and port", $"/open/api/json/httpc/{range}/filter/host/cart.internal/port/8081");
        yield return ("thread_count", $"/open/api/json/thread_count/{range}");
        yield return ("thread_count of an agent", string.Create(CultureInfo.InvariantCulture, $"/open/api/json/thread_count/{range}/{agent}"));
        yield return ("thread_count/avg", $"/open/api/json/thread_count/{range}/avg");
    }

    private static int RowsOf(byte[] response)
    {
        using JsonDocument document = JsonDocument.Parse(response);
        JsonElement root = document.RootElement;
        return (root.TryGetProperty("records", out JsonElement rows) || root.TryGetProperty("objects", out rows) ? rows
            : root.GetProperty("series")).GetArrayLength();
    }
}
