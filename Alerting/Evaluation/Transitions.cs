using System.Collections.Immutable;
using System.Globalization;
using TimeSeries.Alerting.Rules;
using TimeSeries.Core.Schema;

namespace TimeSeries.Alerting.Evaluation;

/// <summary>Makes transitions of states: ids, labels, annotations and texts.</summary>
public static class Transitions
{
    private static readonly KindSchema _alert = SampleSchema.Of(Kind.Alert);

    internal static AlertTransition Fired(StoredRule rule, GroupState state, long time) => Make(rule, rule.Revision, state, time, isFiring: true, annotations =>
    {
        annotations["value"] = state.Value;
        annotations["pendingSince"] = Moment(state.PendingSince);
    });

    /// <summary>The end of an alert.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="revision">The revision that the alert fired under.</param>
    /// <param name="state">The group when it fired.</param>
    /// <param name="time">When it ended, in ms.</param>
    /// <param name="reason">Why, where it was not the condition; else null.</param>
    internal static AlertTransition Resolved(StoredRule rule, int revision, GroupState state, long time, string? reason) =>
        Make(rule, revision, state, time, isFiring: false, annotations =>
        {
            annotations["value"] = state.Value;
            annotations["pendingSince"] = Moment(state.PendingSince);
            annotations["firingSince"] = Moment(state.FiringSince!.Value);
            if (reason is not null)
            {
                annotations["reason"] = reason;
            }
        });

    /// <summary>A moment as alerts show it.</summary>
    public static string Moment(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The labels of a group's alerts, without its state.</summary>
    internal static ImmutableSortedDictionary<string, string> LabelsOf(AlertRule rule, GroupKey key)
    {
        var labels = rule.Labels.ToBuilder();
        for (int part = 0; part < rule.Query.By.Length; part++)
        {
            if (key.Label(part) is { } label)
            {
                labels[rule.Query.By[part]] = label;
            }
        }

        labels["rule"] = rule.Name;
        return labels.ToImmutable();
    }

    /// <summary>The title of a group's alert.</summary>
    internal static string TitleOf(AlertRule rule, GroupState state) =>
        Fill(rule, state, rule.Title, "title") is { Length: > 0 } title ? title : rule.Name;

    private static AlertTransition Make(
        StoredRule stored, int revision, GroupState state, long time, bool isFiring, Action<ImmutableSortedDictionary<string, string>.Builder> annotate)
    {
        AlertRule rule = stored.Rule;
        var annotations = rule.Annotations.ToBuilder();
        if (state.Key.IsCut)
        {
            annotations[GroupKey.Annotation] = state.Key.Text;
        }

        annotate(annotations);
        string source = Fill(rule, state, rule.Source, "source");
        ImmutableSortedDictionary<string, string> labels = LabelsOf(rule, state.Key);
        return new AlertTransition
        {
            Pcode = stored.Pcode,
            Rule = rule.Name,
            Id = AlertId.Of(stored, revision, state.Key.Text, state.PendingSince, isFiring),
            Group = GroupKey.NameOf(labels, annotations.ToImmutable()),
            IsFiring = isFiring,
            Time = time,
            PendingSince = state.PendingSince,
            FiringSince = state.FiringSince!.Value,
            Severity = rule.Severity,

            // A group whose value is missing or empty has a source and a title all the same.
            Source = source.Length > 0 ? source : rule.Name,
            Title = TitleOf(rule, state),
            Description = Fill(rule, state, rule.Description, "description"),
            Labels = labels,
            Annotations = annotations.ToImmutable(),
        };
    }

    private static string Fill(AlertRule rule, GroupState state, string template, string field) =>
        RuleTemplate.Cut(RuleTemplate.Fill(template, name => ValueOf(rule, state, name)), _alert.Find(field)!.MaxBytes);

    private static string ValueOf(AlertRule rule, GroupState state, string name) => name switch
    {
        _ when rule.Query.By.IndexOf(name) is >= 0 and var part => state.Key.Label(part) ?? "",
        "value" => state.Value,
        "threshold" => state.Threshold.ToString(CultureInfo.InvariantCulture),
        "since" => Moment(state.PendingSince),
        "rule" => rule.Name,
        "window" => JsonFields.Format(rule.Query.Window),
        _ => throw new InvalidOperationException($"A template of a rule has no {name}."),
    };
}
