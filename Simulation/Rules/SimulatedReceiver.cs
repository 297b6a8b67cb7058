using TimeSeries.Alerting.Notifications;
using TimeSeries.Simulation.Disk;

namespace TimeSeries.Simulation.Rules;

/// <summary>A receiver of webhooks in memory, which can fail. What is posted after the power went never arrives.</summary>
internal sealed class SimulatedReceiver(ExpectedRules expected, FaultyFileSystem disk) : IWebhookSender
{
    /// <summary>Whether it takes nothing.</summary>
    public bool IsFailing { get; set; }

    public Task<WebhookResult> SendAsync(Receiver receiver, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (IsFailing || disk.Power.IsOff)
        {
            return Task.FromResult(new WebhookResult(IsDelivered: false, 503, "It fails."));
        }

        expected.NoteTold(receiver.Name, body);
        return Task.FromResult(new WebhookResult(IsDelivered: true, 200, ""));
    }
}
