using TimeSeries.Agent.Delivery;
using TimeSeries.Hosting.Projects;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Server.Self;

/// <summary>Hands the batches of the server's own agent to its own ingest path, in the same process. Nothing of it is a request.</summary>
internal sealed class SelfSender(IServiceProvider services, SelfProject self) : IBatchSender
{
    private AuthenticatedProject? _project;

    // The agent's buffer is used again only when the send has ended; a send that is given up may read it still.
    public ReadOnlyMemory<byte> Prepare(ReadOnlyMemory<byte> body) => body.ToArray();

    public async Task<SendResult> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        _project ??= services.GetRequiredService<ProjectDirectory>().FindFirstToken(self.Pcode)!;
        LocalIngestResult result = await services.GetRequiredService<LocalIngest>().PushAsync(body, _project);
        return new SendResult(
            result.Status, result.Rejected, result.Reason, result.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
    }
}
