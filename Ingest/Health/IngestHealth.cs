using TimeSeries.Core.Model.Ports;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Protocols.Lines;
using TimeSeries.Ingest.Protocols.Otlp;
using TimeSeries.Ingest.Quotas;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Health;

/// <summary>Gathers what the parts of Ingest count anyway. Thread safe.</summary>
internal sealed class IngestHealth(
    SampleLedger samples, PushLedger pushes, SignalLedger items, LinesInstruments lines, ProjectQuotas quotas, NodeFigures node) : IIngestHealth
{
    public IngestCounts Count(long? pcode)
    {
        LineCounts counts = lines.Count(pcode);
        return new IngestCounts
        {
            Samples = samples.Count(pcode),
            Items = items.Count(pcode),
            Pushed = pushes.FindPushed(pcode),
            MalformedLines = counts.Malformed,
            UnmappedLines = counts.Unmapped,
            RefusedPushes = quotas.FindRefused(pcode),
            Examples = pcode is { } project ? pushes.Examples.Find(project) : [],
        };
    }

    public NodeHealth FindNode() => node.Find();
}
