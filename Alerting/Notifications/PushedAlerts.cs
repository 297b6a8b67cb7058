using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Alerting.Rules;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Alerting.Notifications;

/// <summary>Tells the notifier of alerts that agents push, as the store gets them. For one caller at a time.</summary>
internal sealed partial class PushedAlerts(ISampleReader reader, Notifier notifier, TimeProvider clock, ILogger<PushedAlerts> logger)
{
    // Many times what anybody reads.
    private const int MostAlerts = 1_000;

    private static readonly KindSchema _alert = SampleSchema.Of(Kind.Alert);

    private static readonly ImmutableArray<int> _fields =
        [.. ((ReadOnlySpan<string>)["id", "severity", "source", "title", "description", "labels", "annotations"]).ToArray().Select(_alert.Ordinal)];

    private readonly Dictionary<long, ISampleTail> _tails = [];
    private bool _isFailing;

    /// <summary>One step: takes what was stored since the last one, of the projects.</summary>
    public async Task StepAsync(IEnumerable<long> pcodes, CancellationToken cancellationToken)
    {
        try
        {
            foreach (long pcode in pcodes)
            {
                if (!_tails.TryGetValue(pcode, out ISampleTail? tail))
                {
                    _tails[pcode] = await reader.FollowAsync(Query(pcode), cancellationToken).ConfigureAwait(false);
                    continue;
                }

                Take(pcode, await tail.NextAsync(cancellationToken).ConfigureAwait(false));
            }

            _isFailing = false;
        }
        catch (Exception fault) when (fault is StoreUnavailableException or QueryLimitException)
        {
            if (!_isFailing)
            {
                LogFault(fault.Message);
            }

            _isFailing = true;
        }
    }

    private ListQuery Query(long pcode) => new()
    {
        Pcode = pcode,
        Kind = Kind.Alert,
        Range = ISampleTail.RangeAt(clock.GetUtcNow()),
        Fields = _fields,
        Limit = MostAlerts,
    };

    private void Take(long pcode, SampleList list)
    {
        notifier.CountLost(Math.Max(0, list.Total - list.RowCount));
        for (int row = list.RowCount - 1; row >= 0; row--)
        {
            ImmutableSortedDictionary<string, string> labels = Map(list.Text(row, 5));
            if (!labels.ContainsKey(TransitionLabels.Rule))
            {
                notifier.Add(Read(pcode, list, row, labels));
            }
        }
    }

    private static AlertTransition Read(long pcode, SampleList list, int row, ImmutableSortedDictionary<string, string> labels)
    {
        string Text(int field) => Encoding.UTF8.GetString(list.Text(row, field));
        long time = list.Place(row).Time;
        return new AlertTransition
        {
            Pcode = pcode,
            Rule = "",
            Id = Guid.Parse(Text(0)),
            Group = Text(0),
            IsFiring = true,
            IsEvent = true,
            Time = time,
            PendingSince = time,
            FiringSince = time,
            Severity = Enum.Parse<AlertSeverity>(Text(1), ignoreCase: true),
            Source = Text(2),
            Title = Text(3),
            Description = Text(4),
            Labels = labels,
            Annotations = Map(list.Text(row, 6)),
        };
    }

    private static ImmutableSortedDictionary<string, string> Map(ReadOnlySpan<byte> json) =>
        (json.IsEmpty ? null : JsonSerializer.Deserialize<Dictionary<string, string>>(json))?.ToImmutableSortedDictionary(StringComparer.Ordinal)
        ?? ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    [LoggerMessage(5055, LogLevel.Warning, "Alerts that agents push can't be read, and nobody is told of them meanwhile: {Fault}")]
    private partial void LogFault(string fault);
}
