using TimeSeries.Alerting.Evaluation;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Simulation.Rules;

/// <summary>The product's writer of alerts; notes what it pushes and what became of it.</summary>
internal sealed class RecordingWriter : IAlertWriter, IBatchSubmitter
{
    private readonly IBatchSubmitter _submitter;
    private readonly ExpectedRules _expected;
    private readonly SubmittingAlertWriter _writer;
    private IReadOnlyList<AlertTransition> _current = [];

    public RecordingWriter(IBatchSubmitter submitter, ExpectedRules expected, TimeProvider clock)
    {
        (_submitter, _expected) = (submitter, expected);
        _writer = new SubmittingAlertWriter(this, new BatchValidator(new BatchLimits()), clock);
    }

    public Task<string?> WriteAsync(IReadOnlyList<AlertTransition> transitions, CancellationToken cancellationToken)
    {
        // It pushes them before it waits for anything.
        _current = transitions;
        return _writer.WriteAsync(transitions, cancellationToken);
    }

    public async Task<CommitResult> SubmitAsync(ValidBatch batch, IdempotencyKey? key, BatchCounts counts, int madeIds)
    {
        Task<CommitResult> response = _submitter.SubmitAsync(batch, key, counts, madeIds);
        IReadOnlyList<RaisedAlert> raised = _expected.NoteRaised(_current, response);
        CommitResult result = await response;
        foreach (RaisedAlert alert in raised)
        {
            if (result.Outcome is CommitOutcome.Stored or CommitOutcome.Resent)
            {
                alert.Acknowledge();
            }
            else if (result.Outcome is not (CommitOutcome.Delayed or CommitOutcome.Stopping))
            {
                alert.Refuse();
            }
        }

        return result;
    }
}
