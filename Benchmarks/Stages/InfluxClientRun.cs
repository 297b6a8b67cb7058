using System.Globalization;
using System.Net;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Rollups;
using TimeSeries.Core.Storage.Influx.Writing;

namespace TimeSeries.Benchmarks.Stages;

/// <summary>
/// Sends the same lines again and again, through our sender and through a plain <see cref="HttpClient"/>, and says what a line has cost each.
/// </summary>
internal static class InfluxClientRun
{
    private const int LineCount = 5_000;

    public static async Task MeasureAsync(int writes, bool gzip, TextWriter to, CancellationToken stop)
    {
        using LineBatch lines = new(InfluxOptions.MaxBatchBytes);
        ValidBatch samples = GeneratedBatch.Make(Kind.Transaction, LineCount, seed: 1);
        LineEncoder encoder = new(nodeId: 1, LineCount, InfluxOptions.MaxBatchBytes);
        encoder.Begin(samples, new OpenUnit(0));
        encoder.Continue(lines);
        ReadOnlyMemory<byte> body = lines.Lines(0, lines.LineCount);
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{lines.LineCount} lines of {body.Length / lines.LineCount} B a write, {writes} writes"));
        using HttpSink sink = new();
        using (InfluxHttp http = new(new InfluxOptions { Host = sink.Address, Gzip = gzip }, TimeProvider.System))
        {
            await MeasureAsync("InfluxDB.Client", async () => (await http.WriteAsync(body, InfluxOptions.MaxBatchBytes, stop)).Outcome == WriteOutcome.Stored);
        }

        using (HttpClient plain = new())
        {
            Uri address = new(sink.Address, "write?db=apm&precision=ns");
            await MeasureAsync("plain HttpClient", async () =>
            {
                using ReadOnlyMemoryContent content = new(body);
                using HttpResponseMessage response = await plain.PostAsync(address, content, stop);
                return response.StatusCode == HttpStatusCode.NoContent;
            });
        }

        async Task MeasureAsync(string name, Func<Task<bool>> write)
        {
            await RepeatAsync(writes / 3, write);
            (TimeSpan all, TimeSpan server) = (Environment.CpuUsage.TotalTime, sink.ProcessorTime);
            long allocated = GC.GetTotalAllocatedBytes(precise: true);
            await RepeatAsync(writes, write);
            (all, server) = (Environment.CpuUsage.TotalTime - all, sink.ProcessorTime - server);
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            double sent = (double)writes * lines.LineCount;
            to.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-22} {(all - server).TotalMicroseconds / sent,8:F3} µs/line {allocated / sent,9:F2} B/line (the server in this process: "
                    + $"{server.TotalMicroseconds / sent:F3} µs/line, not counted)"));
        }
    }

    private static async Task RepeatAsync(int times, Func<Task<bool>> write)
    {
        for (int i = 0; i < times; i++)
        {
            if (!await write())
            {
                throw new InvalidOperationException("The server did not take a write.");
            }
        }
    }
}
