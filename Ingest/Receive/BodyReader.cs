using System.Buffers;
using System.IO.Pipelines;
using TimeSeries.Core.Memory;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Ingest.Receive;

/// <summary>Reads the body of a push, as sent, into one pooled buffer, within the limit and the budget.</summary>
internal static class BodyReader
{
    // First part of the budget where the length is not told: a thousand senders that send nothing hold little.
    private const int UnknownLengthBytes = 4 << 10;

    public static async ValueTask<IngestProblem?> ReadAsync(HttpRequest request, PooledBuffer into, BodyLimits limits, MemoryReservation share)
    {
        long maxBytes = limits.SentBytes;
        if (request.ContentLength > maxBytes)
        {
            return limits.SentTooLarge;
        }

        long taken = request.ContentLength ?? Math.Min(UnknownLengthBytes, maxBytes);
        if (!share.TryTake(taken))
        {
            return IngestProblem.QueueFull;
        }

        into.Reserve((int)Math.Min(taken, int.MaxValue));
        PipeReader body = request.BodyReader;
        try
        {
            while (true)
            {
                // Not cancelled with the request: a sender that ends its side too early still reads what was wrong.
                ReadResult read = await body.ReadAsync(CancellationToken.None);
                long length = into.Length + read.Buffer.Length;
                IngestProblem? refusal = length > maxBytes ? limits.SentTooLarge
                    : length > taken && !share.TryTake(Math.Max(taken, length - taken)) ? IngestProblem.QueueFull
                    : null;
                if (refusal is null)
                {
                    taken += length > taken ? Math.Max(taken, length - taken) : 0;
                    Copy(read.Buffer, into);
                }

                body.AdvanceTo(read.Buffer.End);
                if (refusal is not null || read.IsCompleted)
                {
                    return refusal;
                }
            }
        }
        catch (Exception failure) when (BodyFault.Of(failure) is { } fault)
        {
            return fault.Status == StatusCodes.Status413PayloadTooLarge
                ? limits.SentTooLarge
                : new IngestProblem(fault.Status, $"The body ends or breaks after byte {into.Length}: {fault.Detail}") { ByteOffset = into.Length };
        }
    }

    private static void Copy(in ReadOnlySequence<byte> bytes, PooledBuffer into)
    {
        foreach (ReadOnlyMemory<byte> segment in bytes)
        {
            into.Write(segment.Span);
        }
    }
}
