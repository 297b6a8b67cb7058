using System.Collections.Concurrent;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Building;

/// <summary>
/// Builds a batch of samples as columns, whichever protocol they came by. A bad value costs its own sample only.
/// <see cref="BatchValidator"/> then makes a <see cref="ValidBatch"/> of it. Reused through <see cref="SampleBatchBuilderPool"/>. Not thread safe.
/// </summary>
/// <example>
/// <code>
/// builder.Agent.Set(oname: "shop-1"u8);
/// KindBuilder alerts = builder.Of(Kind.Alert);
/// alerts.Set(alerts.Schema.Ordinal("time"), milliseconds);
/// alerts.Set(alerts.Schema.Ordinal("title"), "Disk is full"u8);
/// alerts.EndRow();
/// </code>
/// </example>
public sealed class SampleBatchBuilder
{
    private readonly KindBuilder?[] _kinds = new KindBuilder?[SampleSchema.All.Length];
    private SampleBatch? _samples;

    /// <summary>The columns. Whoever called <see cref="Reset"/> owns them.</summary>
    public SampleBatch Samples => _samples ?? throw new InvalidOperationException("Reset attaches the columns first.");

    /// <summary>The agent of the samples that name none.</summary>
    public AgentIdentity Agent { get; } = new();

    /// <summary>The samples that are rejected, and why.</summary>
    public RejectedSamples Rejected { get; } = new();

    /// <summary>How many samples there are, rejected ones too.</summary>
    public int RowCount
    {
        get
        {
            int rows = 0;
            foreach (KindBuilder? kind in _kinds)
            {
                rows += kind?.Rows ?? 0;
            }

            return rows;
        }
    }

    internal TruncatedSamples Truncated { get; } = new();

    internal MapBuilder Maps { get; } = new();

    /// <summary>Forgets the batch before and takes empty columns to fill.</summary>
    public void Reset(SampleBatch samples)
    {
        _samples = samples;
        Agent.Clear();
        Rejected.Clear();
        Truncated.Clear();
        foreach (KindBuilder? kind in _kinds)
        {
            kind?.Detach();
        }
    }

    /// <summary>What takes the samples of a kind.</summary>
    public KindBuilder Of(Kind kind)
    {
        KindBuilder builder = _kinds[(int)kind] ??= new KindBuilder(kind, this);
        if (!builder.IsAttached)
        {
            builder.Restart();
        }

        return builder;
    }

    /// <summary>Completes the tables: every column gets a value or a gap for each row.</summary>
    internal void Complete()
    {
        foreach (KindBuilder? kind in _kinds)
        {
            kind?.Complete();
        }
    }
}

/// <summary>Builders for use again, without their columns, which have a pool of their own (<see cref="SampleBatchPool"/>). Thread safe.</summary>
public sealed class SampleBatchBuilderPool
{
    // Enough for the requests that decode and wait at one time on a busy host; more are left to the collector.
    private const int MaxBuilders = 64;

    private readonly ConcurrentBag<SampleBatchBuilder> _builders = [];

    /// <summary>A builder that is to be <see cref="SampleBatchBuilder.Reset"/> first.</summary>
    public SampleBatchBuilder Rent() => _builders.TryTake(out SampleBatchBuilder? builder) ? builder : new SampleBatchBuilder();

    /// <summary>Takes a builder back that nobody uses any more.</summary>
    public void Return(SampleBatchBuilder builder)
    {
        if (_builders.Count < MaxBuilders)
        {
            _builders.Add(builder);
        }
    }
}
