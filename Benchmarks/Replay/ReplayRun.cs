using System.Globalization;
using TimeSeries.Benchmarks.Http;
using TimeSeries.Benchmarks.Wire;

namespace TimeSeries.Benchmarks.Replay;

/// <summary>One replay of a folder: a thread a connection, all taking batches from one source.</summary>
internal sealed class ReplayRun(ReplayOptions options, TimeProvider clock)
{
    private static readonly TimeSpan _progressInterval = TimeSpan.FromSeconds(1);

    private readonly FirstError _firstError = new();
    private readonly ReplayTotals _totals = new();
    private readonly List<BatchSender> _senders = [];

    /// <summary>Replays everything, or until <paramref name="stop"/> is set.</summary>
    /// <param name="stop">Set by the user, or by a connection when no batch can succeed.</param>
    /// <param name="exitCode">What the process should say.</param>
    /// <exception cref="HttpRequestException">The server can't be reached.</exception>
    /// <exception cref="InvalidDataException">A file has no usable header, or an open quote.</exception>
    public ReplayReport Run(CancellationTokenSource stop, out int exitCode)
    {
        long shift = options.EndsNow && ReplaySource.FindLastTime(options.Directory) is { } last
            ? clock.GetUtcNow().ToUnixTimeMilliseconds() - last
            : 0;
        // At a set speed a batch spans at most one second of real time, as an agent's would.
        long batchMilliseconds = options.Speed is { } speed ? Math.Max(1, (long)(speed * 1_000)) : long.MaxValue;
        using ReplaySource source = ReplaySource.Open(options.Directory, options.BatchSamples, batchMilliseconds, shift,
            options.HasGateway ? new GatewayColumns() : null);
        WarnOfUnknownFields(source);
        long start = clock.GetTimestamp();
        Send(source, new ReplayClock(clock, start, source.FirstTime, options.Speed), stop);
        TimeSpan elapsed = clock.GetElapsedTime(start);
        ReplayReport report = Report(source, elapsed);
        foreach (CsvSamples file in source.Files)
        {
            if (file.FirstUnreadable is { } reason)
            {
                Console.Error.WriteLine(reason);
            }
        }

        if (_firstError.Reason is { } error)
        {
            Console.Error.WriteLine(error);
        }

        bool incomplete = _totals.UnsettledBatchCount > 0 || stop.IsCancellationRequested || report.Kinds.Values.Any(kind => kind.Unreadable > 0);
        exitCode = report.Samples == 0 ? ExitCode.NothingAccepted : incomplete ? ExitCode.Incomplete : ExitCode.Success;
        return report;
    }

    private void Send(ReplaySource source, ReplayClock replayClock, CancellationTokenSource stop)
    {
        string runId = Guid.NewGuid().ToString("N");
        List<Thread> threads = [];
        for (int i = 0; i < options.ConnectionCount; i++)
        {
            IWireWriter writer = options.Json ? new JsonWriter() : new MessagePackWireWriter();
            BatchClient client = new(options.Address, options.Token, writer.ContentType);
            client.Open();
            BatchSender sender = new(client, _firstError);
            _senders.Add(sender);
            ReplayConnection connection = new(client, sender, writer, source, _totals);
            threads.Add(new Thread(() => RunOne(connection, replayClock, runId, stop)) { IsBackground = true });
        }

        threads.ForEach(thread => thread.Start());
        foreach (Thread thread in threads)
        {
            while (!thread.Join(_progressInterval))
            {
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_totals.SentCount,13:N0} samples sent"));
            }
        }
    }

    // A file that ends in the middle of a quote, or is no gzip, ends the replay with a sentence instead of the process.
    private void RunOne(ReplayConnection connection, ReplayClock replayClock, string runId, CancellationTokenSource stop)
    {
        try
        {
            connection.Run(options, replayClock, runId, stop);
        }
        catch (InvalidDataException exception)
        {
            _firstError.Note(exception.Message);
            stop.Cancel();
        }
    }

    private static void WarnOfUnknownFields(ReplaySource source)
    {
        foreach (CsvSamples file in source.Files)
        {
            if (file.UnknownFields.Count > 0)
            {
                Console.Error.WriteLine($"Fields of {file.Kind.Name} that no sample has are left out: {string.Join(", ", file.UnknownFields)}.");
            }
        }
    }

    private ReplayReport Report(ReplaySource source, TimeSpan elapsed)
    {
        SortedDictionary<string, KindCounts> kinds = _totals.Finish(source.Files);
        long accepted = kinds.Values.Sum(kind => kind.Accepted);
        return new ReplayReport
        {
            Kinds = kinds,
            Samples = accepted,
            Seconds = Math.Round(elapsed.TotalSeconds, 3),
            SamplesPerSecond = Math.Round(accepted / Math.Max(0.001, elapsed.TotalSeconds), 1),
            Errors = _senders.Sum(sender => sender.ErrorCount),
            Rejected429 = _senders.Sum(sender => sender.Rejected429Count),
            BytesSent = _senders.Sum(sender => sender.BytesSent),
        };
    }
}
