using System.Buffers;
using System.Text;
using System.Text.Json;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Query.Api.Samples;
using TimeSeries.Query.Responses;
using TimeSeries.Query.Scheduling;

namespace TimeSeries.Query.Api.Streaming;

/// <summary>The samples that are stored while it runs, an event each, the newest last. Of a second with too many the earliest are only counted.</summary>
internal sealed class SampleFeed(ListQuery query, QueryScheduler scans, QueryInstruments instruments, TimeProvider clock, ILogger logger)
    : StreamFeed(clock, logger)
{
    /// <summary>Most samples of one second: more than anybody reads, and few enough for a hundred viewers.</summary>
    public const int MostSamples = 1_000;

    private FollowedQuery _followed = new(query);

    protected override async ValueTask<string?> PollAsync(CancellationToken cancellationToken)
    {
        using QueryOutcome outcome = await scans.ListNextAsync(_followed, cancellationToken);
        if (outcome.Failure == QueryFailure.OverLimit)
        {
            // The next call would need as much, and more.
            _followed = new FollowedQuery(query);
            Events.Add("missed", "{\"count\":null}"u8);
        }

        if (outcome.List is { } list)
        {
            Add(list);
        }

        return outcome.Failure == QueryFailure.None ? null : outcome.Message;
    }

    private void Add(SampleList list)
    {
        if (list.Total > list.RowCount)
        {
            int passed = (int)Math.Min(int.MaxValue, list.Total - list.RowCount);
            instruments.StreamsMissed.Add(passed);
            Events.Add("missed", Encoding.ASCII.GetBytes($$"""{"count":{{passed}}}"""), passed);
        }

        SampleWriter samples = new(SampleSchema.Of(query.Kind), list);
        ArrayBufferWriter<byte> line = new();
        using Utf8JsonWriter json = new(line, JsonResponse.Options);
        JsonValueWriter writer = new(json);
        for (int row = list.RowCount - 1; row >= 0; row--)
        {
            samples.Write(writer, row);
            writer.Flush();
            Events.Add("sample", line.WrittenSpan, samples: 1);
            line.ResetWrittenCount();
            writer.Reset();
        }
    }
}
