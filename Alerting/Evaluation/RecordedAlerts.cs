using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using TimeSeries.Alerting.Rules;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Alerting.Evaluation;

/// <summary>Reads back from the store what rules raised.</summary>
internal sealed class RecordedAlerts(IRuleReader reader)
{
    private const int PageRows = 10_000;

    private static readonly KindSchema _alert = SampleSchema.Of(Kind.Alert);

    private static readonly ImmutableArray<int> _fields =
        [.. ((ReadOnlySpan<string>)["id", "severity", "source", "title", "description", "labels", "annotations"]).ToArray().Select(_alert.Ordinal)];

    /// <summary>
    /// The newest transition of each rule and group of a project since a moment. Of one with the same time and group, firing and resolved, the later is the
    /// resolved one.
    /// </summary>
    /// <returns>The transitions; or why they can't be read.</returns>
    public async Task<(ImmutableArray<AlertTransition> Newest, string? Fault)> FindNewestAsync(
        long pcode, long from, long to, CancellationToken cancellationToken)
    {
        Dictionary<(string Rule, string Labels), AlertTransition> newest = [];
        SampleId? after = null;
        while (true)
        {
            using RuleOutcome outcome = await reader.ListAsync(
                new ListQuery
                {
                    Pcode = pcode,
                    Kind = Kind.Alert,
                    Range = new TimeRange(from, to),
                    Filters = [Filter.OfTexts(_alert.Ordinal("labels"), FilterOperator.ContainsAnyOf, $"\"{TransitionLabels.Rule}\":")],
                    Fields = _fields,
                    Limit = PageRows,
                    After = after,
                },
                cancellationToken);
            if (outcome.List is not { } list)
            {
                return ([], outcome.Fault);
            }

            for (int row = 0; row < list.RowCount; row++)
            {
                if (Read(pcode, list, row) is { } found)
                {
                    Keep(newest, found);
                }
            }

            if (!list.HasMore || list.RowCount == 0)
            {
                return ([.. newest.Values], null);
            }

            after = list.Place(list.RowCount - 1);
        }
    }

    private static void Keep(Dictionary<(string Rule, string Labels), AlertTransition> newest, AlertTransition found)
    {
        (string, string) key = (found.Rule, found.Group);
        if (!newest.TryGetValue(key, out AlertTransition? known) || found.Time > known.Time || (found.Time == known.Time && !found.IsFiring))
        {
            newest[key] = found;
        }
    }

    // Null for an alert that somebody pushed, which may have any labels.
    private static AlertTransition? Read(long pcode, SampleList list, int row)
    {
        string Text(int field) => System.Text.Encoding.UTF8.GetString(list.Text(row, field));
        ImmutableSortedDictionary<string, string> labels = Map(list.Text(row, 5));
        ImmutableSortedDictionary<string, string> annotations = Map(list.Text(row, 6));
        long time = list.Place(row).Time;
        if (!labels.TryGetValue(TransitionLabels.Rule, out string? rule)
            || labels.GetValueOrDefault(TransitionLabels.State) is not (TransitionLabels.Firing or TransitionLabels.Resolved)
            || !TryReadMoment(annotations, "pendingSince", out long pendingSince)
            || !Guid.TryParse(Text(0), out Guid id) || !Enum.TryParse(Text(1), out AlertSeverity severity))
        {
            return null;
        }

        bool isFiring = labels[TransitionLabels.State] == TransitionLabels.Firing;
        labels = labels.Remove(TransitionLabels.State);
        return new AlertTransition
        {
            Pcode = pcode,
            Rule = rule,
            Id = id,
            Group = GroupKey.NameOf(labels, annotations),
            IsFiring = isFiring,
            Time = time,
            PendingSince = pendingSince,
            FiringSince = TryReadMoment(annotations, "firingSince", out long firingSince) ? firingSince : time,
            Severity = severity,
            Source = Text(2),
            Title = Text(3),
            Description = Text(4),
            Labels = labels,
            Annotations = annotations,
        };
    }

    private static ImmutableSortedDictionary<string, string> Map(ReadOnlySpan<byte> json) =>
        (json.IsEmpty ? null : JsonSerializer.Deserialize<Dictionary<string, string>>(json))?.ToImmutableSortedDictionary(StringComparer.Ordinal)
        ?? ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    private static bool TryReadMoment(ImmutableSortedDictionary<string, string> annotations, string name, out long milliseconds)
    {
        bool isRead = DateTimeOffset.TryParseExact(
            annotations.GetValueOrDefault(name), "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out DateTimeOffset moment);
        milliseconds = moment.ToUnixTimeMilliseconds();
        return isRead;
    }
}
