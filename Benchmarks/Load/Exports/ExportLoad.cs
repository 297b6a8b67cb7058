using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TimeSeries.Benchmarks.Load.Exports;

/// <summary>
/// Pushes spans by OTLP, or transactions as lines, as fast as some connections allow, and reports them with the processor time that the server took.
/// </summary>
/// <param name="options">What to push, and where to.</param>
/// <param name="processorSeconds">The server's user and system time so far.</param>
/// <param name="clock">The time.</param>
internal sealed partial class ExportLoad(ExportLoadOptions options, Func<Task<double>> processorSeconds, TimeProvider clock)
{
    // Neighbours differ; ids and times differ always.
    private const int BodiesPerConnection = 4;
    private const int Seed = 20_240_117;
    private const int FrameHeadBytes = 5;

    private readonly List<double> _latencies = [];
    private long _taken;
    private long _refused;
    private long _errors;
    private long _bytes;
    private long _nextId = clock.GetUtcNow().Ticks;

    /// <summary>Why the first push failed; null where none did.</summary>
    public string? FirstError { get; private set; }

    /// <summary>The server's own figure, from <c>/metrics</c>, which the token must open (scope admin).</summary>
    public static async Task<double> ReadProcessorSecondsAsync(Uri address, string token)
    {
        using HttpClient http = new() { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        Match match = CpuSeconds().Match(await http.GetStringAsync("/metrics"));
        return double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>Runs the load.</summary>
    public async Task<ExportReport> RunAsync()
    {
        double cpu = await processorSeconds();
        TimeSpan generator = Environment.CpuUsage.TotalTime;
        long start = clock.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, options.ConnectionCount).Select(i => Task.Run(() => SendAsync(i, start))));
        double seconds = clock.GetElapsedTime(start).TotalSeconds;
        generator = Environment.CpuUsage.TotalTime - generator;
        cpu = await processorSeconds() - cpu;
        _latencies.Sort();
        return new ExportReport(
            options.Protocol, _taken, Math.Round(seconds, 3), Math.Round(_taken / seconds, 1), _refused, _errors, Quantile(0.5), Quantile(0.99), _bytes,
            Math.Round(cpu, 3), Math.Round(_taken / Math.Max(cpu, 1e-3), 1), Math.Round(generator.TotalSeconds, 3));
    }

    private double Quantile(double part) => _latencies.Count == 0 ? 0 : Math.Round(_latencies[(int)(part * (_latencies.Count - 1))], 3);

    private async Task SendAsync(int connection, long start)
    {
        using HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 1, UseProxy = false });
        bool isLines = options.Protocol == "lines";
        ExportBody[] bodies = [.. Enumerable.Range(0, BodiesPerConnection).Select(i => isLines
            ? ExportBody.OfLines(options.BatchSamples, Seed + connection * BodiesPerConnection + i)
            : ExportBody.OfSpans(options.BatchSamples, Seed + connection * BodiesPerConnection + i))];
        for (int next = 0; clock.GetElapsedTime(start) < options.Length; next = (next + 1) % bodies.Length)
        {
            long id = Interlocked.Add(ref _nextId, options.BatchSamples) - options.BatchSamples;
            bodies[next].Patch(clock.GetUtcNow().ToUnixTimeMilliseconds(), (ulong)id);
            using HttpRequestMessage request = Make(bodies[next]);
            long sent = clock.GetTimestamp();
            await CountAsync(http, request, sent);
        }
    }

    private async Task CountAsync(HttpClient http, HttpRequestMessage request, long sent)
    {
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request);
            await response.Content.ReadAsByteArrayAsync();
            bool isTaken = options.Protocol == "otlp-grpc"
                ? response.TrailingHeaders.TryGetValues("grpc-status", out IEnumerable<string>? status) && status.Single() == "0"
                : response.IsSuccessStatusCode;
            lock (_latencies)
            {
                _latencies.Add(clock.GetElapsedTime(sent).TotalMilliseconds);
                _taken += isTaken ? options.BatchSamples : 0;
                _refused += response.StatusCode == HttpStatusCode.TooManyRequests ? 1 : 0;
                _errors += isTaken || response.StatusCode == HttpStatusCode.TooManyRequests ? 0 : 1;
                _bytes += request.Content!.Headers.ContentLength ?? 0;
                FirstError ??= isTaken ? null : $"A push got {(int)response.StatusCode}.";
            }
        }
        catch (HttpRequestException fault)
        {
            lock (_latencies)
            {
                _errors++;
                FirstError ??= fault.Message;
            }
        }
    }

    private HttpRequestMessage Make(ExportBody body)
    {
        byte[] bytes = options.Gzip ? Compress(body.Bytes.Span) : body.Bytes.ToArray();
        bool isGrpc = options.Protocol == "otlp-grpc";
        (Uri address, string type) = options.Protocol switch
        {
            "lines" => (options.LinesAddress, "text/plain"),
            "otlp" => (new Uri(options.Address, "/v1/traces"), "application/x-protobuf"),
            _ => (new Uri(options.GrpcAddress, "/opentelemetry.proto.collector.trace.v1.TraceService/Export"), "application/grpc"),
        };
        HttpRequestMessage request = new(HttpMethod.Post, address) { Content = new ByteArrayContent(isGrpc ? Frame(bytes, options.Gzip) : bytes) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Token);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (isGrpc)
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            request.Headers.TryAddWithoutValidation("te", "trailers");
            request.Headers.TryAddWithoutValidation("grpc-encoding", options.Gzip ? "gzip" : "identity");
        }
        else if (options.Gzip)
        {
            request.Content.Headers.ContentEncoding.Add("gzip");
        }

        return request;
    }

    /// <summary>A message of gRPC with its head: whether it is compressed, and its length.</summary>
    internal static byte[] Frame(byte[] message, bool isCompressed)
    {
        byte[] frame = new byte[FrameHeadBytes + message.Length];
        frame[0] = isCompressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, FrameHeadBytes);
        return frame;
    }

    private static byte[] Compress(ReadOnlySpan<byte> bytes)
    {
        using MemoryStream output = new();
        using (GZipStream gzip = new(output, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return output.ToArray();
    }

    [GeneratedRegex(@"^process_cpu_seconds_total(?:\{\})? (\S+)", RegexOptions.Multiline)]
    private static partial Regex CpuSeconds();
}

/// <summary>What a load over another protocol is asked to do.</summary>
internal sealed record ExportLoadOptions(
    Uri Address, Uri GrpcAddress, string Token, string Protocol, TimeSpan Length, int ConnectionCount, int BatchSamples, bool Gzip)
{
    /// <summary>Where lines are written, with path and query; of this server by default.</summary>
    public Uri LinesAddress { get; init; } = new(Address, "/api/v2/write");
}

/// <summary>What it measured. Samples are spans, or lines.</summary>
internal sealed record ExportReport(
    string Protocol, long Samples, double Seconds, double SamplesPerSecond, long Rejected429, long Errors, double P50Ms, double P99Ms, long BytesSent,
    double ServerCpuSeconds, double SamplesPerServerCpuSecond, double GeneratorCpuSeconds)
{
    /// <summary>One line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ExportReportJson.Default.ExportReport);
}

/// <summary>How the report is written: camel case, one line.</summary>
[System.Text.Json.Serialization.JsonSourceGenerationOptions(PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.CamelCase)]
[System.Text.Json.Serialization.JsonSerializable(typeof(ExportReport))]
internal sealed partial class ExportReportJson : System.Text.Json.Serialization.JsonSerializerContext;
