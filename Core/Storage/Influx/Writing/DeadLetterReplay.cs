using System.Buffers;
using System.Globalization;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Configuration;

namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>
/// Sends the dead letters of a data directory to InfluxDB again. What is stored leaves its file, what is refused again stays in it with the new reason.
/// The same lines make the same points, so it may be cut off and run again. The directory must be this process's. Not thread safe.
/// </summary>
/// <param name="node">The data directory.</param>
/// <param name="options">Where InfluxDB is and how it is written to.</param>
/// <param name="clock">For time-outs and comments.</param>
public sealed class DeadLetterReplay(InfluxNode node, InfluxOptions options, TimeProvider clock)
{
    /// <summary>Where the dead letters lie.</summary>
    public string Folder { get; } = DeadLetterFile.FolderOf(node.Directory);

    /// <summary>Sends all files, the oldest first. It ends at the first response that is not about the lines, with what it says as the fault.</summary>
    /// <exception cref="IOException">A file can't be read or written; what was sent before stays done.</exception>
    public async Task<DeadLetterCounts> RunAsync(CancellationToken cancellationToken)
    {
        using InfluxHttp http = new(options, clock);
        DeadLetterCounts counts = new(0, 0, 0, null);
        foreach (DeadLetterFile file in DeadLetterFile.List(node.Files, Folder))
        {
            counts = counts.Fault is null
                ? await ReplayAsync(http, file, counts, cancellationToken).ConfigureAwait(false)
                : counts with { Unsent = counts.Unsent + file.Read().Count };
        }

        return counts;
    }

    private async Task<DeadLetterCounts> ReplayAsync(InfluxHttp http, DeadLetterFile file, DeadLetterCounts counts, CancellationToken cancellationToken)
    {
        List<ReadOnlyMemory<byte>> lines = file.Read();

        // Half a line may be a line too, with another value and the present as its time.
        string?[] reasons = [.. lines.Select(line => line.Span.EndsWith("\n"u8) ? null : "the file ends in this line")];
        string? fault = await SendAsync(http, lines, reasons, cancellationToken).ConfigureAwait(false);
        if (fault is not null)
        {
            // Nothing of the file is certain, so it stays as it is.
            return counts with { Unsent = counts.Unsent + lines.Count, Fault = fault };
        }

        string now = clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        (ReadOnlyMemory<byte> Line, string Comment)[] refused =
            [.. lines.Zip(reasons).Where(pair => pair.Second is not null).Select(pair => (pair.First, $"{now} {pair.Second}"))];
        file.Replace(refused);
        return counts with { Stored = counts.Stored + lines.Count - refused.Length, Refused = counts.Refused + refused.Length };
    }

    // Sends lines twice, since InfluxDB 1.x may lose a write that wakes a shard, and sets the reasons of those that are refused. Returns why the others
    // could not be sent; null when they were.
    private async Task<string?> SendAsync(InfluxHttp http, List<ReadOnlyMemory<byte>> lines, string?[] reasons, CancellationToken cancellationToken)
    {
        for (int round = 0; round < 2; round++)
        {
            foreach ((int First, int Count) part in PartsOf(lines))
            {
                if (await SendPartAsync(http, lines, part, reasons, cancellationToken).ConfigureAwait(false) is { } fault)
                {
                    return fault;
                }
            }

            await Task.Delay(LineSender.WarmUp, clock, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    private IEnumerable<(int First, int Count)> PartsOf(List<ReadOnlyMemory<byte>> lines)
    {
        int first = 0;
        long bytes = 0;
        for (int i = 0; i < lines.Count; i++)
        {
            if (i > first && (i - first >= options.BatchLines || bytes + lines[i].Length > options.BatchBytes))
            {
                yield return (first, i - first);
                (first, bytes) = (i, 0);
            }

            bytes += lines[i].Length;
        }

        if (lines.Count > first)
        {
            yield return (first, lines.Count - first);
        }
    }

    private static async Task<string?> SendPartAsync(
        InfluxHttp http, List<ReadOnlyMemory<byte>> lines, (int First, int Count) part, string?[] reasons, CancellationToken cancellationToken)
    {
        Stack<(int First, int Count)> open = new([part]);
        while (open.TryPop(out (int First, int Count) range))
        {
            ArrayBufferWriter<byte> body = new();
            for (int i = range.First; i < range.First + range.Count; i++)
            {
                body.Write(reasons[i] is null ? lines[i].Span : []);
            }

            if (body.WrittenCount == 0)
            {
                continue;
            }

            WriteReply reply = await http.WriteAsync(body.WrittenMemory, 0, cancellationToken).ConfigureAwait(false);
            switch (reply.Outcome)
            {
                case WriteOutcome.Stored:
                    break;
                case WriteOutcome.PartlyRefused or WriteOutcome.Refused or WriteOutcome.LimitReached or WriteOutcome.TooLarge when range.Count > 1:
                    open.Push((range.First + range.Count / 2, range.Count - range.Count / 2));
                    open.Push((range.First, range.Count / 2));
                    break;
                case WriteOutcome.PartlyRefused or WriteOutcome.Refused or WriteOutcome.LimitReached or WriteOutcome.TooLarge:
                    reasons[range.First] = reply.Reason;
                    break;
                default:
                    return reply.Reason;
            }
        }

        return null;
    }
}

/// <summary>What became of dead letters that were sent again.</summary>
/// <param name="Stored">Lines that InfluxDB has now.</param>
/// <param name="Refused">Lines that it refused again; they are kept.</param>
/// <param name="Unsent">Lines that could not be sent, or only in part; they are kept.</param>
/// <param name="Fault">Why lines could not be sent; null when all were.</param>
public sealed record DeadLetterCounts(long Stored, long Refused, long Unsent, string? Fault);
