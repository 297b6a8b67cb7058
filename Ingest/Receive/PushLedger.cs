using System.Collections.Concurrent;
using System.Collections.Immutable;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Commit;

namespace TimeSeries.Ingest.Receive;

/// <summary>What is counted of a push when its samples were checked: those that are rejected, and by which protocol all came. Thread safe.</summary>
internal sealed class PushLedger
{
    private readonly SampleLedger _samples;

    // Samples by kind; changed by additions alone.
    private readonly ConcurrentDictionary<(long Pcode, string Protocol), long[]> _pushed = [];

    public PushLedger(SampleLedger samples, IngestInstruments instruments, TimeProvider clock)
    {
        _samples = samples;
        Examples = new RejectionExamples(clock);
        instruments.Observe(this);
    }

    /// <summary>Rejections to show.</summary>
    public RejectionExamples Examples { get; }

    /// <summary>Counts the samples of a push.</summary>
    /// <param name="pcode">The project.</param>
    /// <param name="protocol">The protocol's name.</param>
    /// <param name="batch">Those that are valid; null when none is.</param>
    /// <param name="rejected">The others.</param>
    public void Count(long pcode, string protocol, ValidBatch? batch, RejectedSamples rejected)
    {
        _samples.Reject(pcode, rejected);
        foreach (KindSchema schema in SampleSchema.All)
        {
            Add(pcode, protocol, schema.Kind, (batch?.Find(schema.Kind)?.RowCount ?? 0) + rejected.CountOf(schema.Kind));
        }

        if (rejected.Total > 0)
        {
            KeepExamples(pcode, rejected);
        }
    }

    /// <summary>Counts samples that repeat others and were never in a batch.</summary>
    public void AddRepeats(long pcode, string protocol, Kind kind, int count)
    {
        _samples.AddRepeats(pcode, kind, count);
        Add(pcode, protocol, kind, count);
    }

    /// <summary>Samples pushed by a project, or by all where there is none, by protocol and kind. Those without any are left out.</summary>
    public ImmutableArray<PushedCount> FindPushed(long? pcode) =>
    [
        .. _pushed.Where(pair => (pcode ?? pair.Key.Pcode) == pair.Key.Pcode)
            .GroupBy(pair => pair.Key.Protocol, pair => pair.Value)
            .OrderBy(protocol => protocol.Key, StringComparer.Ordinal)
            .SelectMany(protocol => SampleSchema.All.Select(
                schema => new PushedCount(protocol.Key, schema.Name, protocol.Sum(counts => Volatile.Read(ref counts[(int)schema.Kind])))))
            .Where(pushed => pushed.Samples > 0),
    ];

    /// <summary>Samples pushed, by project, protocol and kind.</summary>
    public IEnumerable<(long Pcode, PushedCount Pushed)> FindAll() =>
        _pushed.Keys.Select(key => key.Pcode).Distinct().SelectMany(pcode => FindPushed(pcode).Select(pushed => (pcode, pushed)));

    private void Add(long pcode, string protocol, Kind kind, int count)
    {
        if (count > 0)
        {
            long[] counts = _pushed.GetOrAdd((pcode, protocol), static _ => new long[SampleSchema.All.Length]);
            Interlocked.Add(ref counts[(int)kind], count);
        }
    }

    private void KeepExamples(long pcode, RejectedSamples rejected)
    {
        Span<int> reasons = stackalloc int[byte.MaxValue + 1];
        foreach (KindSchema schema in SampleSchema.All)
        {
            if (rejected.CountOf(schema.Kind) == 0)
            {
                continue;
            }

            reasons.Clear();
            rejected.CountReasons(schema.Kind, reasons);
            for (int i = 0; i < reasons.Length; i++)
            {
                if (reasons[i] > 0)
                {
                    RejectReason reason = (RejectReason)i;
                    Examples.Keep(
                        pcode, schema.Name, SampleLedger.NameOf(reason), (Rejected: rejected, schema.Kind, Reason: reason),
                        static one => Describe(one.Rejected.Find(one.Kind, one.Reason)!));
                }
            }
        }
    }

    private static string Describe(SampleError error) =>
        $"{SampleSchema.Of(error.Kind).Name}[{error.Index}]{(error.Field is null ? "" : $".{error.Field}")} {error.Reason}"
        + (error.Value is null ? "." : $"; found {error.Value}");
}
