using System.Text;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Http;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Compare.Peers;

/// <summary>
/// Sends transactions to another system: as fast as it takes bodies made beforehand, whose values are all drawn again, as the load generator does with ours; or
/// a day, once.
/// </summary>
internal sealed class PeerLoad(IPeer peer, TimeProvider clock)
{
    private const int BodiesPerConnection = 4;

    // With large requests fewer bodies each, but always two, so that neighbours differ.
    private const int MaxPreparedRows = 400_000;

    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(5);

    // A server that is behind with its merges is given this long.
    private static readonly TimeSpan _wait = TimeSpan.FromMilliseconds(500);

    private readonly string _address = peer.WriteAddress.ToString();
    private TextBody[][]? _bodies;
    private long _nextNumber;
    private long _rowCount;
    private long _waitCount;

    /// <summary>Sends for so long.</summary>
    public PeerSpeed Run(TimeSpan length)
    {
        _bodies ??= Prepare();
        (_rowCount, _waitCount) = (0, 0);
        TimeSpan processor = peer.ProcessorTime;
        TimeSpan generator = Environment.CpuUsage.TotalTime;
        long start = clock.GetTimestamp();
        long end = start + (long)(length.TotalSeconds * clock.TimestampFrequency);
        Workers.Run(_bodies.Length, connection => Send(_bodies[connection],
            ((ulong)clock.GetUtcNow().Ticks + ((ulong)connection << 40)) * PreparedBody.IdStep, end));
        double seconds = clock.GetElapsedTime(start).TotalSeconds;
        return new PeerSpeed(_rowCount, seconds, peer.ProcessorTime - processor, Environment.CpuUsage.TotalTime - generator, _waitCount);
    }

    /// <summary>Writes the transactions of a day.</summary>
    public void Write(MeasuredDay day, CancellationToken stop)
    {
        int slices = Math.Max(1, peer.Batches.Rows / MeasuredDay.SliceRows);
        int next = -slices;
        Workers.Run(peer.Batches.Connections, _ =>
        {
            TextRows rows = new(peer.Form);
            using HttpClient http = BlockingHttp.CreateClient(_timeout);
            for (int first = Interlocked.Add(ref next, slices); first < day.SliceCount; first = Interlocked.Add(ref next, slices))
            {
                stop.ThrowIfCancellationRequested();
                rows.Clear();
                for (int slice = first; slice < Math.Min(first + slices, day.SliceCount); slice++)
                {
                    rows.Add(day.SliceTransactions(slice), (long)slice * MeasuredDay.SliceRows);
                }

                Exchange(http, rows.Written.ToArray());
            }
        });
    }

    private TextBody[][] Prepare()
    {
        (int rowCount, int connections) = peer.Batches;
        int bodyCount = Math.Clamp(MaxPreparedRows / connections / rowCount, 2, BodiesPerConnection);
        Population population = new();
        TextBody[][] bodies = new TextBody[connections][];
        for (int connection = 0; connection < connections; connection++)
        {
            SampleMaker maker = new(population, connection + 1);
            bodies[connection] = new TextBody[bodyCount];
            for (int i = 0; i < bodyCount; i++)
            {
                TextRows rows = new(peer.Form) { Places = new PatchPlaces { Values = [] } };
                WireColumn[] columns = maker.Make(Kind.Transaction, rowCount, out int[] ages);
                rows.Add(columns, 0);
                bodies[connection][i] = new TextBody(rows, peer.Form, ages);
            }
        }

        return bodies;
    }

    private void Send(TextBody[] bodies, ulong idState, long end)
    {
        using HttpClient http = BlockingHttp.CreateClient(_timeout);
        for (int next = 0; clock.GetTimestamp() < end; next = (next + 1) % bodies.Length)
        {
            TextBody body = bodies[next];
            long first = Interlocked.Add(ref _nextNumber, body.RowCount) - body.RowCount;
            body.Patch(clock.GetUtcNow().ToUnixTimeMilliseconds(), ref idState, first);
            Exchange(http, body.Bytes);
            Interlocked.Add(ref _rowCount, body.RowCount);
        }
    }

    private void Exchange(HttpClient http, byte[] rows)
    {
        while (true)
        {
            ByteArrayContent content = new(rows) { Headers = { { "Content-Type", "text/plain; charset=utf-8" } } };
            HttpResponseHead response = http.Exchange(new HttpRequestMessage(HttpMethod.Post, _address) { Content = content }, out byte[] body);
            if (response.Status is 200 or 204)
            {
                return;
            }

            string text = Encoding.UTF8.GetString(body);
            if (!text.Contains("Too many parts", StringComparison.Ordinal))
            {
                throw new InvalidDataException($"{peer.GetType().Name} answered {response.Status}: {text}");
            }

            Interlocked.Increment(ref _waitCount);
            Task.Delay(_wait, clock).GetAwaiter().GetResult();
        }
    }
}

/// <summary>How fast another system took rows.</summary>
/// <param name="Rows">Rows of the requests that it confirmed.</param>
/// <param name="Seconds">In what time.</param>
/// <param name="Processor">User and system time of its process meanwhile.</param>
/// <param name="Generator">User and system time of this process meanwhile.</param>
/// <param name="Waits">How often it asked for time to merge.</param>
internal readonly record struct PeerSpeed(long Rows, double Seconds, TimeSpan Processor, TimeSpan Generator, long Waits)
{
    public double RowsPerSecond => Rows / Seconds;
}
