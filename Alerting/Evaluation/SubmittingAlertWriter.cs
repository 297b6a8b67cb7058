using System.Text;
using TimeSeries.Alerting.Rules;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Alerting.Evaluation;

/// <summary>Writes alerts through the ingest path of the same process. Thread safe.</summary>
/// <param name="submitter">Where batches go.</param>
/// <param name="validator">The rules that samples keep.</param>
/// <param name="clock">The clock.</param>
internal sealed class SubmittingAlertWriter(IBatchSubmitter submitter, BatchValidator validator, TimeProvider clock) : IAlertWriter
{
    private const int MostInBatch = 1_000;

    public async Task<string?> WriteAsync(IReadOnlyList<AlertTransition> transitions, CancellationToken cancellationToken)
    {
        for (int first = 0; first < transitions.Count; first += MostInBatch)
        {
            if (await WriteBatchAsync([.. transitions.Skip(first).Take(MostInBatch)]) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    // The batch is not used again: one that is delayed keeps its columns for good.
    private async Task<string?> WriteBatchAsync(IReadOnlyList<AlertTransition> transitions)
    {
        SampleBatchBuilder builder = new();
        builder.Reset(new SampleBatch());
        KindBuilder alerts = builder.Of(Kind.Alert);
        foreach (AlertTransition transition in transitions)
        {
            Add(alerts, transition);
        }

        ValidationResult valid = validator.Validate(builder, transitions[0].Pcode, Timestamp.Now(clock));

        if (FindFault(builder.Rejected) is { } fault)
        {
            return $"An alert breaks a rule of samples: {fault}";
        }

        if (valid.Batch is null)
        {
            return null;
        }

        CommitResult result = await submitter.SubmitAsync(valid.Batch, key: null, new BatchCounts(valid.Usable, 0, 0, 0), valid.MadeIds);
        return result.Outcome switch
        {
            CommitOutcome.Stored or CommitOutcome.Resent => null,
            CommitOutcome.LogUnavailable => "The WAL can't be written.",
            CommitOutcome.LogFull => "The WAL is full.",
            CommitOutcome.DiskFull => "The disk is full.",
            CommitOutcome.Stopping => "The host stops.",
            CommitOutcome.Delayed => "The store takes too long.",
            _ => throw new InvalidOperationException($"There is no outcome {result.Outcome}."),
        };
    }

    // What is past its retention would be deleted at once.
    private static string? FindFault(RejectedSamples rejected) => Enum.GetValues<RejectReason>()
        .Where(reason => reason is not (RejectReason.None or RejectReason.PastRetention))
        .Select(reason => rejected.Find(Kind.Alert, reason)?.Reason)
        .FirstOrDefault(reason => reason is not null);

    private static void Add(KindBuilder alerts, AlertTransition transition)
    {
        void Set(string field, string text) => alerts.Set(alerts.Schema.Ordinal(field), Encoding.UTF8.GetBytes(text));
        alerts.Set(KindSchema.Time, transition.Time);
        Set("id", transition.Id.ToString());
        Set("severity", (transition.IsFiring ? transition.Severity : AlertSeverity.Info).ToString());
        Set("source", transition.Source);
        Set("title", transition.Title);
        if (transition.Description.Length > 0)
        {
            Set("description", transition.Description);
        }

        alerts.SetMap(alerts.Schema.Ordinal("labels"), transition.StoredLabels);
        alerts.SetMap(alerts.Schema.Ordinal("annotations"), transition.Annotations);
        alerts.EndRow();
    }
}
