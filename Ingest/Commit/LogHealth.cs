using TimeSeries.Hosting.Web;

namespace TimeSeries.Ingest.Commit;

/// <summary>Whether the log takes batches, as the committer last found. Thread safe.</summary>
internal sealed class LogHealth : IReadinessCheck
{
    private volatile string? _fault;

    public bool IsFaulty => _fault is not null;

    public string? WhyNotReady() => _fault;

    public void Report(string? fault) => _fault = fault;
}
