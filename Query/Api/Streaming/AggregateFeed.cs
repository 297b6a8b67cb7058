using System.Buffers;
using System.Text.Json;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Query.Api.Aggregate;
using TimeSeries.Query.Responses;
using TimeSeries.Query.Scheduling;

namespace TimeSeries.Query.Api.Streaming;

/// <summary>An aggregate of the window that is open and the one before it, again whenever its rows have changed.</summary>
internal sealed class AggregateFeed(AggregateRequest request, QueryScheduler scans, TimeProvider clock, ILogger logger) : StreamFeed(clock, logger)
{
    private readonly TimeProvider _clock = clock;
    private byte[] _rows = [];

    protected override async ValueTask<string?> PollAsync(CancellationToken cancellationToken)
    {
        long now = Timestamp.Now(_clock).Milliseconds;
        long window = request.Query.WindowMilliseconds;
        TimeRange range = new(now - (now % window) - window, now);
        AggregateRequest current = request with { Query = request.Query with { Range = range } };
        using QueryOutcome outcome = await scans.RunAsync([current.Query], cancellationToken);
        if (outcome.Failure != QueryFailure.None)
        {
            return outcome.Message;
        }

        AggregateResponse response = new(current, outcome.Results[0], outcome.Watermark);
        byte[] rows = await WriteAsync(writer => response.WriteRowsAsync(writer, static () => ValueTask.CompletedTask));
        if (!rows.AsSpan().SequenceEqual(_rows))
        {
            AddCurrent("aggregate", await WriteAsync(writer => response.WriteAsync(writer, static () => ValueTask.CompletedTask)));
            _rows = rows;
        }

        return null;
    }

    private static async ValueTask<byte[]> WriteAsync(Func<IValueWriter, ValueTask> write)
    {
        ArrayBufferWriter<byte> bytes = new();
        await using Utf8JsonWriter json = new(bytes, JsonResponse.Options);
        JsonValueWriter writer = new(json);
        await write(writer);
        writer.Flush();
        return bytes.WrittenSpan.ToArray();
    }
}
