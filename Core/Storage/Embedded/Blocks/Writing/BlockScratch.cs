using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Codecs;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Writing;

/// <summary>
/// What writing a block needs beside the rows, kept from one block to the next by whoever writes them one after the other. Not thread safe.
/// </summary>
internal sealed class BlockScratch(StoreContext context, CooperativeYield throttle)
{
    private readonly RollupBuilder?[] _rollups = new RollupBuilder?[SampleSchema.All.Length];
    private readonly long[] _thresholds = new long[SampleSchema.All.Length];

    /// <summary>What the store's parts share.</summary>
    public StoreContext Context => context;

    /// <summary>Where large arrays come from.</summary>
    public LargeArrayPool Pool => context.Pool;

    /// <summary>When to let requests go first.</summary>
    public CooperativeYield Throttle => throttle;

    /// <summary>What was appended to the file and is not written yet.</summary>
    public ByteWriter Pending { get; } = new();

    /// <summary>The part that is being encoded.</summary>
    public ByteWriter Part { get; } = new();

    public NumberCodec Numbers { get; } = new();

    public ByCodeCodec ByCode { get; } = new();

    public DictionaryIndexCodec Codes { get; } = new();

    public TextCodec Texts { get; } = new(throttle);

    public BloomFilterWriter Filters { get; } = new(context.Pool, throttle);

    /// <summary>An empty builder of a kind's rollups; projects mostly share a threshold, and with it the builder.</summary>
    public RollupBuilder Rollups(KindSchema schema, long pcode)
    {
        long apdexThresholdMicroseconds = context.ApdexThresholdMicroseconds(pcode);
        int kind = (int)schema.Kind;
        if (_rollups[kind] is not { } builder || _thresholds[kind] != apdexThresholdMicroseconds)
        {
            _rollups[kind] = builder = new RollupBuilder(schema, apdexThresholdMicroseconds, throttle);
            _thresholds[kind] = apdexThresholdMicroseconds;
        }

        return builder;
    }

    /// <summary>Forgets a builder that was left in the middle of its work.</summary>
    public void Abandon(KindSchema schema) => _rollups[(int)schema.Kind] = null;
}
