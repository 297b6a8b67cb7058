using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Protocols.Otlp.Joining;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Otlp.Mapping;

/// <summary>What the decoding of one request goes by, and what it comes to beside samples. Not thread safe.</summary>
internal sealed class DecodeState
{
    /// <summary>The project.</summary>
    public long Pcode { get; set; }

    /// <summary>Whether the request came as JSON.</summary>
    public bool IsFromJson { get; set; }

    /// <summary>Which times samples may have.</summary>
    public TimeBounds Bounds { get; set; }

    /// <summary>The present.</summary>
    public Timestamp Now { get; set; }

    /// <summary>The agents of projects; null where nothing bounds them.</summary>
    public AdmittedAgents? Agents { get; set; }

    /// <summary>The columns.</summary>
    public SampleBatchBuilder Builder { get; set; } = null!;

    /// <summary>The memory that the request may take.</summary>
    public MemoryReservation Share { get; set; } = null!;

    /// <summary>What changes for later requests once the batch is stored.</summary>
    public JoinChange Join { get; set; } = null!;

    /// <summary>The agent of the resource that is read.</summary>
    public ResourceAgent Agent { get; } = new();

    /// <summary>What became of the items.</summary>
    public SignalCounts Items { get; } = new();

    /// <summary>Spans that end before they begin.</summary>
    public int ClockBackwards { get; set; }
}
