using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Protocols.Otlp.Joining;
using TimeSeries.Ingest.Protocols.Otlp.Mapping;

namespace TimeSeries.Ingest.Protocols.Otlp.Transport;

/// <summary>
/// What is to be done when the batch of a request has ended, whichever way, and once: its change to what requests share, and the counts of its items. It lives
/// as long as the batch, which may be longer than the request.
/// </summary>
internal sealed class RequestEnding(OtlpReceiver receiver, JoinChange join, long pcode, TelemetrySignal signal)
{
    private long _mapped;
    private int _repeatedExceptions;
    private int _hasEnded;

    /// <summary>Counts what became of items; those that are mapped are in flight from now on.</summary>
    public void Begin(SignalCounts items, int clockBackwards)
    {
        _mapped = items.Mapped;
        _repeatedExceptions = items.RepeatedExceptions;
        receiver.Items.Begin(pcode, signal, items, clockBackwards);
        for (int i = 0; items.RejectedTotal > 0 && i < items.Rejected.Length; i++)
        {
            if (items.Rejected[i] > 0)
            {
                receiver.Pushes.Examples.Keep(
                    pcode, TelemetrySignals.NameOf(signal), SignalLedger.NameOf((SignalRejection)i), (Items: items, Signal: signal),
                    static request => request.Items.Describe(request.Signal));
            }
        }
    }

    public void End(CommitOutcome outcome)
    {
        // A batch whose log takes too long is not at its end.
        if (outcome == CommitOutcome.Delayed || Interlocked.Exchange(ref _hasEnded, 1) != 0)
        {
            return;
        }

        join.End(outcome);
        receiver.Items.End(pcode, signal, _mapped, outcome);
        if (outcome == CommitOutcome.Stored && _repeatedExceptions > 0)
        {
            receiver.Pushes.AddRepeats(pcode, OtlpReceiver.ProtocolName, Kind.Exception, _repeatedExceptions);
        }
    }
}
