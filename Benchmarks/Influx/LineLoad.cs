using System.Text;
using TimeSeries.Benchmarks.Compare;
using TimeSeries.Benchmarks.Http;
using TimeSeries.Benchmarks.Load;

namespace TimeSeries.Benchmarks.Influx;

/// <summary>The plain loader: bodies of lines made beforehand, a thread and a connection each, the next body as soon as the last is confirmed.</summary>
internal sealed class LineLoad(InfluxServer influx, InfluxLoadOptions options, int connectionCount, TimeProvider clock)
{
    // Enough that neighbours differ.
    private const int PushesPerConnection = 4;

    private readonly FirstError _firstError = new();
    private readonly string _address = $"{influx.Address}/write?db={InfluxServer.Database}&precision=ns";
    private long _nextNumber = LineBody.FirstNumber;
    private long _lineCount;
    private long _byteCount;

    /// <summary>Writes for so long, and says what was confirmed in what time.</summary>
    public PhaseReport Run(TimeSpan length)
    {
        LineBody[][] bodies = [.. Enumerable.Range(0, connectionCount).Select(connection => Enumerable.Range(1, PushesPerConnection)
            .SelectMany(i => LineBody.OfPush(connection * PushesPerConnection + i, options)).ToArray())];
        long storedBefore = influx.Number(InfluxLoad.CountStatement);
        (_lineCount, _byteCount) = (0, 0);
        TimeSpan serverBefore = influx.ProcessorTime;
        TimeSpan loaderBefore = Environment.CpuUsage.TotalTime;
        long start = clock.GetTimestamp();
        long end = start + (long)(length.TotalSeconds * clock.TimestampFrequency);
        Workers.Run(bodies.Length, connection => Send(bodies[connection], (ulong)connection << 40, end));
        double seconds = clock.GetElapsedTime(start).TotalSeconds;
        TimeSpan server = influx.ProcessorTime - serverBefore;
        TimeSpan loader = Environment.CpuUsage.TotalTime - loaderBefore;
        return new PhaseReport
        {
            Samples = _lineCount,
            Stored = influx.Number(InfluxLoad.CountStatement) - storedBefore,
            Seconds = Math.Round(seconds, 2),
            SamplesPerSecond = Math.Round(_lineCount / seconds),
            BytesPerSample = Math.Round((double)_byteCount / Math.Max(1, _lineCount), 1),
            InfluxdCpuSeconds = Math.Round(server.TotalSeconds, 2),
            GeneratorCpuSeconds = Math.Round(loader.TotalSeconds, 2),
            IngestCpuSeconds = 0,
            Errors = _firstError.Reason is null ? 0 : 1,
            FirstError = _firstError.Reason,
        };
    }

    private void Send(LineBody[] bodies, ulong idState, long end)
    {
        using HttpClient http = BlockingHttp.CreateClient();
        GzipBody? gzip = options.Gzip ? new GzipBody(headRoom: 0, bodies.Max(body => body.Length)) : null;
        for (int next = 0; clock.GetTimestamp() < end; next = (next + 1) % bodies.Length)
        {
            LineBody body = bodies[next];
            long first = Interlocked.Add(ref _nextNumber, body.LineCount) - body.LineCount;
            if (first + body.LineCount > LineBody.LastNumber)
            {
                _firstError.Note("The sequence numbers are used up: measure for a shorter time.");
                return;
            }

            body.Patch(clock.GetUtcNow().ToUnixTimeMilliseconds(), ref idState, first);
            using ByteArrayContent content = gzip is null ? new(body.Bytes) : new(gzip.Bytes, 0, gzip.Compress(body.Bytes));
            content.Headers.Add("Content-Type", "text/plain; charset=utf-8");
            if (gzip is not null)
            {
                content.Headers.Add("Content-Encoding", "gzip");
            }

            HttpResponseHead response = http.Exchange(new HttpRequestMessage(HttpMethod.Post, _address) { Content = content }, out byte[] text);
            if (response.Status != 204)
            {
                _firstError.Note($"influxd answered {response.Status}: {Encoding.UTF8.GetString(text)}");
                return;
            }

            Interlocked.Add(ref _lineCount, body.LineCount);
            Interlocked.Add(ref _byteCount, content.Headers.ContentLength!.Value);
        }
    }
}
