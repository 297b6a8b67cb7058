using System.Net.Sockets;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Http;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Load;

/// <summary>One run of the load generator: bodies made beforehand, a thread a connection, the totals at the end.</summary>
internal sealed class LoadRun(LoadOptions options, TimeProvider clock) : IDisposable
{
    // Bodies differ in the widths of their values, which stay. Enough that neighbours differ, few enough to be made in a second.
    private const int BodiesPerConnection = 4;
    private const int RowsPerConnection = 40_000;
    private const int MaxBodies = 256;

    // With many connections fewer bodies each, so that the generator stays small beside the server that it measures.
    private const long MaxPreparedBytes = 256L << 20;

    // Any fixed number: runs are comparable because it never changes.
    private const int Seed = 20_240_117;

    // A request in flight at the end is given this long.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(10);

    private readonly FirstError _firstError = new();
    private readonly List<LoadConnection> _connections = [];
    private readonly List<Thread> _threads = [];
    private long _start;
    private TimeSpan _cpuAtStart;
    private SendSchedule? _schedule;

    /// <summary>The first thing that went wrong, or null.</summary>
    public string? FirstError => _firstError.Reason;

    /// <summary>Time since the start.</summary>
    public TimeSpan Elapsed => clock.GetElapsedTime(_start);

    /// <summary>Whether some connection is still at work.</summary>
    public bool IsRunning => _threads.Exists(thread => thread.IsAlive);

    /// <summary>Samples accepted so far.</summary>
    public long AcceptedCount
    {
        get
        {
            long count = 0;
            foreach (LoadConnection connection in _connections)
            {
                count += connection.AcceptedCount;
            }

            return count;
        }
    }

    /// <summary>Runs for as long as it shall take, and says what was measured.</summary>
    /// <exception cref="InvalidDataException">Something went wrong.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static LoadReport Measure(LoadOptions options, TimeProvider clock, CancellationToken stop)
    {
        using LoadRun run = new(options, clock);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        run.Start(end);
        end.Token.WaitHandle.WaitOne(options.Length);
        LoadReport report = run.Finish(end);
        stop.ThrowIfCancellationRequested();
        return run.FirstError is { } reason ? throw new InvalidDataException($"The load failed: {reason}") : report;
    }

    /// <summary>Connects and starts to send.</summary>
    /// <exception cref="SocketException">The server can't be reached.</exception>
    public void Start(CancellationTokenSource stop)
    {
        IWireWriter writer = options.Json ? new JsonWriter() : new MessagePackWireWriter();
        RequestFrame frame = new(options.Address, options.Token, writer.ContentType, options.Gzip ? "gzip" : null);
        List<HttpConnection> opened = [];
        for (int i = 0; i < options.ConnectionCount; i++)
        {
            HttpConnection connection = new(options.Address);
            opened.Add(connection);
            connection.Open();
        }

        List<PreparedBody[]> bodies = Prepare(writer, frame.HeadRoom);
        _start = clock.GetTimestamp();
        _schedule = new SendSchedule(clock, _start, options.Length, options.Rate / options.BatchSamples);
        ulong firstId = (ulong)clock.GetUtcNow().Ticks;
        for (int i = 0; i < options.ConnectionCount; i++)
        {
            BatchSender sender = new(opened[i], _firstError);
            // Connections start their ids far apart: 2^40 steps of the sequence, more than a run can take.
            ulong idState = unchecked((firstId + ((ulong)i << 40)) * PreparedBody.IdStep);
            _connections.Add(new LoadConnection(opened[i], sender, bodies[i], frame, _schedule, clock, idState)
            {
                MeasuredFrom = _start + (long)(options.WarmUp.TotalSeconds * clock.TimestampFrequency),
                Gzip = options.Gzip ? new GzipBody(frame.HeadRoom, LongestOf(bodies[i])) : null,
            });
        }

        _cpuAtStart = Environment.CpuUsage.TotalTime;
        foreach (LoadConnection connection in _connections)
        {
            Thread thread = new(() => connection.Run(stop)) { IsBackground = true };
            _threads.Add(thread);
            thread.Start();
        }
    }

    /// <summary>Ends the waits of connections that were asked to come again, waits for the requests in flight, then says what was measured.</summary>
    public LoadReport Finish(CancellationTokenSource stop)
    {
        bool cutShort = stop.IsCancellationRequested;
        stop.Cancel();
        long waitsUntil = clock.GetTimestamp() + (long)(_timeout.TotalSeconds * clock.TimestampFrequency);
        foreach (Thread thread in _threads)
        {
            TimeSpan left = clock.GetElapsedTime(clock.GetTimestamp(), waitsUntil);
            if (!thread.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero))
            {
                _firstError.Note($"A request was still without a response {_timeout.TotalSeconds:F0} s after the end.");
                break;
            }
        }

        TimeSpan cpu = Environment.CpuUsage.TotalTime - _cpuAtStart;
        long dueCount = _schedule!.DueCount();
        Dispose();
        return Report(cpu, dueCount, cutShort ? Elapsed : options.Length);
    }

    public void Dispose()
    {
        foreach (LoadConnection connection in _connections)
        {
            connection.Dispose();
        }
    }

    private LoadReport Report(TimeSpan cpu, long dueCount, TimeSpan atLeast)
    {
        LatencyHistogram latencies = new();
        long lastResponse = _start, accepted = 0, rejected = 0, batches = 0, errors = 0, rejected429 = 0, bytesSent = 0;
        foreach (LoadConnection connection in _connections)
        {
            latencies.Add(connection.Latencies);
            lastResponse = Math.Max(lastResponse, connection.LastResponse);
            accepted += connection.AcceptedCount;
            rejected += connection.RejectedCount;
            batches += connection.TakenBatchCount;
            errors += connection.Sender.ErrorCount;
            rejected429 += connection.Sender.Rejected429Count;
            bytesSent += connection.Sender.BytesSent;
        }

        double seconds = Math.Max(clock.GetElapsedTime(_start, lastResponse).TotalSeconds, atLeast.TotalSeconds);
        return new LoadReport
        {
            Samples = accepted,
            Seconds = Math.Round(seconds, 3),
            SamplesPerSecond = Math.Round(accepted / seconds, 1),
            Errors = errors,
            P50Ms = Math.Round(latencies.Median, 3),
            P99Ms = Math.Round(latencies.P99, 3),
            P999Ms = Math.Round(latencies.Percentile(0.999), 3),
            MaxMs = Math.Round(latencies.Longest, 3),
            Batches = batches,
            Rejected429 = rejected429,
            RejectedSamples = rejected,
            UnsentBatches = Math.Max(0, dueCount - batches),
            BytesSent = bytesSent,
            GeneratorCpuSeconds = Math.Round(cpu.TotalSeconds, 3),
            Repeats = options.Repeats,
        };
    }

    private List<PreparedBody[]> Prepare(IWireWriter writer, int headRoom)
    {
        Population population = new();
        GatewayColumns? gateway = options.HasGateway ? new GatewayColumns() : null;
        int bodyCount = options.Repeats ? BodiesPerConnection : Math.Clamp(RowsPerConnection / options.BatchSamples, BodiesPerConnection, MaxBodies);
        List<PreparedBody[]> bodies = [];
        for (int i = 0; i < options.ConnectionCount; i++)
        {
            SampleMaker maker = new(population, Seed + i) { Gateway = gateway };
            List<PreparedBody> own = [PrepareBody(maker, writer, headRoom)];
            long fitting = MaxPreparedBytes / options.ConnectionCount / own[0].Bytes.Length;
            while (own.Count < Math.Min(bodyCount, fitting))
            {
                own.Add(PrepareBody(maker, writer, headRoom));
            }

            bodies.Add([.. own]);
        }

        return bodies;
    }

    private PreparedBody PrepareBody(SampleMaker maker, IWireWriter writer, int headRoom)
    {
        PatchPlaces places = new() { Values = options.Repeats ? null : [] };
        WireColumn[] columns = maker.Make(options.Kind, options.BatchSamples, out int[] ages);
        BodyWriter.Write(writer, SampleSchema.Of(options.Kind), columns, options.Form, id: [], places);
        return new PreparedBody(writer.Written, headRoom, places, ages);
    }

    private static int LongestOf(PreparedBody[] bodies)
    {
        int longest = 0;
        foreach (PreparedBody body in bodies)
        {
            longest = Math.Max(longest, body.Length);
        }

        return longest;
    }
}
