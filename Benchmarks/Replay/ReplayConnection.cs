using System.Text;
using TimeSeries.Benchmarks.Http;
using TimeSeries.Benchmarks.Wire;

namespace TimeSeries.Benchmarks.Replay;

/// <summary>
/// One connection of a replay and its thread's work. A batch goes out with an idempotency key, so that it may be sent again after a broken connection.
/// </summary>
internal sealed class ReplayConnection(BatchClient client, BatchSender sender, IWireWriter writer, ReplaySource source, ReplayTotals totals)
{
    // A server that is gone for longer than these tries take is not coming back within this run.
    private const int MaxTries = 5;

    private readonly PatchPlaces _places = new();

    /// <summary>Sends until the source is empty or <paramref name="stop"/> is set; sets it when no batch can succeed.</summary>
    public void Run(ReplayOptions options, ReplayClock clock, string runId, CancellationTokenSource stop)
    {
        using BatchClient connection = client;
        while (!stop.IsCancellationRequested && source.Next() is { } batch)
        {
            if (!clock.WaitFor(batch.LastTime, stop.Token))
            {
                return;
            }

            Encode(batch, options.Form, runId);
            SendOutcome outcome = SendOutcome.Lost;
            ResponseCounts counts = default;
            for (int tries = 0; tries < MaxTries && outcome == SendOutcome.Lost && !stop.IsCancellationRequested; tries++)
            {
                outcome = sender.Send(writer.Written, stop.Token, out counts);
            }

            totals.Add(batch, outcome, counts);
            if (outcome == SendOutcome.Hopeless)
            {
                stop.Cancel();
            }
        }
    }

    private void Encode(ReplayBatch batch, SampleForm form, string runId)
    {
        _places.Times.Clear();
        _places.Ids.Clear();
        BodyWriter.Write(writer, batch.Kind, batch.Columns, form, Encoding.ASCII.GetBytes($"{runId}-{batch.Number}"), _places);
    }
}
