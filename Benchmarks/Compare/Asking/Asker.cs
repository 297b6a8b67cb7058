using System.Text;
using TimeSeries.Benchmarks.Http;

namespace TimeSeries.Benchmarks.Compare.Asking;

/// <summary>Asks one question many times on one connection, from the first byte sent to the last byte of the answer. Used by one thread.</summary>
internal sealed class Asker(ServerAddress address, TimeProvider clock, CancellationToken stop) : IDisposable
{
    // The slowest question of the slowest system takes tens of seconds.
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(10);

    private readonly HttpConnection _connection = new(address, _patience);

    /// <summary>The last answer's body; valid until the next question.</summary>
    public ReadOnlySpan<byte> Answer => _connection.AnswerBody;

    /// <summary>Asks once.</summary>
    /// <exception cref="InvalidDataException">The answer is not 200.</exception>
    public TimeSpan Ask(ReadOnlySpan<byte> request)
    {
        stop.ThrowIfCancellationRequested();
        long start = clock.GetTimestamp();
        HttpAnswer answer = _connection.Exchange(request);
        TimeSpan taken = clock.GetElapsedTime(start);
        if (answer.Status != 200)
        {
            int lineEnd = request.IndexOf((byte)'\r');
            string asked = Encoding.UTF8.GetString(request[..Math.Max(0, lineEnd)]);
            throw new InvalidDataException($"{asked} was answered with {answer.Status}: {Encoding.UTF8.GetString(Answer[..Math.Min(Answer.Length, 500)])}");
        }

        return taken;
    }

    /// <summary>Asks some times to warm up, then measures.</summary>
    /// <param name="request">Makes the request; one that is signed must be new each time.</param>
    /// <param name="warmUp">Times that do not count.</param>
    /// <param name="count">Times that count.</param>
    /// <param name="atMost">Ends sooner, but not before one measured time, when it has taken so long.</param>
    public Timings Measure(Func<byte[]> request, int warmUp, int count, TimeSpan atMost)
    {
        Timings timings = new();
        long start = clock.GetTimestamp();
        for (int i = 0; i < warmUp && (i == 0 || clock.GetElapsedTime(start) < atMost / 4); i++)
        {
            Ask(request());
        }

        while (timings.Count < count && (timings.Count == 0 || clock.GetElapsedTime(start) < atMost))
        {
            timings.Add(Ask(request()));
        }

        return timings;
    }

    public void Dispose() => _connection.Dispose();
}
