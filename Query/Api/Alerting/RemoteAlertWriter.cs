using System.Globalization;
using Microsoft.Extensions.Options;
using TimeSeries.Agent;
using TimeSeries.Agent.Delivery;
using TimeSeries.Agent.Samples;
using TimeSeries.Alerting;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Query.Api.Alerting;

/// <summary>Pushes alerts to an Ingest, as the agent of .NET applications does, with a token for each project. Thread safe.</summary>
internal sealed class RemoteAlertWriter : IAlertWriter, IDisposable
{
    private const int MostInBatch = 1_000;

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    private readonly Dictionary<long, (HttpBatchSender Sender, BatchEncoder Encoder)> _senders = [];
    private readonly SemaphoreSlim _gate = new(1);
    private readonly TimeProvider _clock;

    public RemoteAlertWriter(AlertingOptions options, ProjectDirectory projects, TimeProvider clock)
    {
        _clock = clock;
        foreach (string token in options.Token.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (projects.FindToken(token) is { } found)
            {
                TimeSeriesAgentOptions agent = new() { Endpoint = new Uri(options.IngestUrl), Token = token, Oname = "timeseries-alerting" };
                _senders[found.Project.Pcode] = (new HttpBatchSender(Options.Create(agent), clock), new BatchEncoder(agent));
            }
        }
    }

    public async Task<string?> WriteAsync(IReadOnlyList<AlertTransition> transitions, CancellationToken cancellationToken)
    {
        if (!_senders.TryGetValue(transitions[0].Pcode, out (HttpBatchSender Sender, BatchEncoder Encoder) to))
        {
            return string.Create(CultureInfo.InvariantCulture, $"Alerting:Token has no token of project {transitions[0].Pcode}.");
        }

        for (int first = 0; first < transitions.Count; first += MostInBatch)
        {
            QueuedSample[] samples = [.. transitions.Skip(first).Take(MostInBatch).Select(Sample)];
            if (await SendAsync(to.Sender, await EncodeAsync(to, samples, cancellationToken), cancellationToken) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    public void Dispose()
    {
        foreach ((HttpBatchSender sender, _) in _senders.Values)
        {
            sender.Dispose();
        }

        _gate.Dispose();
    }

    private async Task<ReadOnlyMemory<byte>> EncodeAsync(
        (HttpBatchSender Sender, BatchEncoder Encoder) to, QueuedSample[] samples, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return to.Sender.Prepare(to.Encoder.Write(samples, Guid.CreateVersion7(_clock.GetUtcNow())));
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<string?> SendAsync(HttpBatchSender sender, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using CancellationTokenSource late = new(_timeout, _clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            SendResult result = await sender.SendAsync(body, either.Token);
            return result switch
            {
                { Status: StatusCodes.Status200OK, Rejected: 0 } => null,
                { Status: StatusCodes.Status200OK } => $"Alerting:IngestUrl rejected an alert: {result.Reason}",
                _ => string.Create(CultureInfo.InvariantCulture, $"Alerting:IngestUrl answered {result.Status}: {result.Reason}"),
            };
        }
        catch (HttpRequestException fault)
        {
            return $"Alerting:IngestUrl can't be reached ({fault.HttpRequestError}).";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "Alerting:IngestUrl gave no answer.";
        }
    }

    private static QueuedSample Sample(AlertTransition transition) => new()
    {
        Kind = SampleKind.Alert,
        Time = transition.Time,
        Pushed = new AlertSample
        {
            Severity = transition.IsFiring ? Enum.Parse<AlertSeverity>(transition.Severity.ToString()) : AlertSeverity.Info,
            Source = transition.Source,
            Title = transition.Title,
            Id = transition.Id,
            Description = transition.Description.Length > 0 ? transition.Description : null,
            Labels = transition.StoredLabels,
            Annotations = transition.Annotations,
        },
    };
}
