using System.Collections.Concurrent;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Building;
using TimeSeries.Ingest.Decoding.Wire;

namespace TimeSeries.Ingest.Decoding;

/// <summary>
/// What <see cref="BatchDecoder"/> makes of a body: samples as columns, the envelope, and what was wrong. Meant for use again and again:
/// <see cref="Reset"/> attaches the columns to fill and forgets all else. Rejected samples still have their rows here; the validator takes
/// them out. Not thread safe.
/// </summary>
internal sealed class DecodedBatch
{
    private readonly KindBuilder?[] _sinks = new KindBuilder?[SampleSchema.All.Length];
    private SampleBatch? _samples;

    /// <summary>The columns. Whoever called <see cref="Reset"/> owns them.</summary>
    public SampleBatch Samples => _samples ?? throw new InvalidOperationException("Reset attaches the columns first.");

    /// <summary>Whether the envelope names an agent.</summary>
    public bool HasAgent { get; internal set; }

    /// <summary>The agent's oid: the envelope's, or the CRC-32 of its name.</summary>
    public int AgentOid { get; internal set; }

    /// <summary>The agent's name, valid UTF-8; empty without an agent.</summary>
    public ReadOnlySpan<byte> AgentOname => AgentTexts.Oname.Span;

    /// <summary>The agent's kind, valid UTF-8; empty when absent.</summary>
    public ReadOnlySpan<byte> AgentOkind => AgentTexts.Okind.Span;

    /// <summary>The agent's node, valid UTF-8; empty when absent.</summary>
    public ReadOnlySpan<byte> AgentOnode => AgentTexts.Onode.Span;

    /// <summary>The idempotency key, valid UTF-8 of 1 to 64 bytes; empty when absent.</summary>
    public ReadOnlySpan<byte> Id => IdText.Span;

    /// <summary>How many samples the body has, rejected ones too.</summary>
    public int Received { get; internal set; }

    public RejectedSamples Rejected { get; } = new();

    /// <summary>Names on the wire that mean nothing here, once each.</summary>
    public UnknownNames Unknown { get; } = new();

    internal EnvelopeAgent AgentTexts { get; } = new();

    internal EnvelopeText IdText { get; } = new();

    /// <summary>Samples that had a text cut, by kind.</summary>
    internal TruncatedSamples Cut { get; } = new();

    /// <summary>Where maps are put into the form they are kept in.</summary>
    internal MapText Maps { get; } = new();

    /// <summary>Where texts with escapes are resolved.</summary>
    internal TextBuffer Unescaped { get; } = new();

    /// <summary>Forgets what was decoded before and takes empty columns to fill.</summary>
    public void Reset(SampleBatch samples)
    {
        _samples = samples;
        HasAgent = false;
        AgentOid = 0;
        AgentTexts.Clear();
        IdText.Clear();
        Received = 0;
        Rejected.Clear();
        Cut.Clear();
        Unknown.Clear();
        foreach (KindBuilder? sink in _sinks)
        {
            sink?.Detach();
        }
    }

    /// <summary>What takes the samples of a kind; made when a batch first has some.</summary>
    internal KindBuilder Sink(Kind kind) => _sinks[(int)kind] ??= new KindBuilder(kind, this);

    /// <summary>What took the samples of a kind, or null.</summary>
    internal KindBuilder? FindSink(Kind kind) => _sinks[(int)kind];
}

/// <summary>What was decoded, for use again without its columns, which have a pool of their own. Thread safe.</summary>
internal sealed class DecodedBatchPool
{
    // As many as requests decode and wait at one time on a busy host; more are left to the collector.
    private const int MaxBatches = 64;

    private readonly ConcurrentBag<DecodedBatch> _batches = [];

    public DecodedBatch Rent() => _batches.TryTake(out DecodedBatch? batch) ? batch : new DecodedBatch();

    public void Return(DecodedBatch batch)
    {
        if (_batches.Count < MaxBatches)
        {
            _batches.Add(batch);
        }
    }
}
