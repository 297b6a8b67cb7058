using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TimeSeries.Alerting;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Alerting.Rules;
using TimeSeries.Alerting.Silences;
using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Ui.Data;

/// <summary>Looks at alert rules for the page, and changes them for admins. Thread safe.</summary>
/// <param name="host">Has the rules, once it has started.</param>
/// <param name="status">Whether there are any.</param>
/// <param name="clock">The present.</param>
public sealed class RuleWatch(IServiceProvider host, AlertingStatus status, TimeProvider clock)
{
    private static readonly TimeSpan _silence = TimeSpan.FromHours(1);
    private static readonly TimeSpan _longestTest = TimeSpan.FromSeconds(30);
    private static readonly JsonWriterOptions _indented = new()
    {
        Indented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Whether this process evaluates rules.</summary>
    public bool IsHere => status.IsEnabled;

    private SilenceBook Silences => host.GetRequiredService<SilenceBook>();

    private AlertRules Rules => host.GetRequiredService<AlertRules>();

    /// <summary>The rules of a project, by name; none where there are none here.</summary>
    public ImmutableArray<RuleView> List(long pcode) => IsHere ? Rules.List(pcode) : [];

    /// <summary>What fires of a project: the worst first, then the oldest.</summary>
    public IReadOnlyList<(RuleView Rule, GroupView Group)> Firing(long pcode) =>
    [
        .. List(pcode).SelectMany(rule => rule.Groups.Where(group => group.IsFiring).Select(group => (rule, group)))
            .OrderByDescending(alert => alert.rule.Stored.Rule.Severity).ThenBy(alert => alert.group.Since),
    ];

    /// <summary>A rule as text to edit; a first draft where there is none of that name.</summary>
    public string TextOf(long pcode, string name)
    {
        if (Rules.Find(pcode, name) is not { } view)
        {
            return """
                {
                  "query": { "kind": "transaction", "measure": "p95(elapsed)", "by": ["service"], "window": "5m", "minCount": 20 },
                  "condition": { "operator": ">", "threshold": 800 },
                  "for": "2m",
                  "title": "{service} is slow",
                  "description": "p95 is {value} ms, above {threshold} ms, since {since}."
                }
                """;
        }

        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, _indented))
        {
            json.WriteStartObject();
            AlertRules.WriteFields(json, view.Stored.Rule);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    /// <summary>Saves a rule; or says why not.</summary>
    public async Task<string?> SaveAsync(long pcode, string name, string text, CancellationToken cancellationToken)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            RuleChange change = await Rules.PutAsync(pcode, name, document.RootElement, cancellationToken);
            return change.Outcome is RuleChangeOutcome.Done or RuleChangeOutcome.Made ? null : change.Detail;
        }
        catch (Exception wrong) when (wrong is DefinitionException or JsonException)
        {
            return Describe(wrong);
        }
    }

    /// <summary>Makes a rule of one that comes with the server; or says why not.</summary>
    public async Task<string?> AddBuiltinAsync(long pcode, string name, CancellationToken cancellationToken)
    {
        RuleChange change = await Rules.PutBuiltinAsync(pcode, name, default, cancellationToken);
        return change.Outcome is RuleChangeOutcome.Done or RuleChangeOutcome.Made ? null : change.Detail;
    }

    /// <summary>Removes a rule; or says why not.</summary>
    public async Task<string?> RemoveAsync(long pcode, string name, CancellationToken cancellationToken) =>
        (await Rules.RemoveAsync(pcode, name, cancellationToken)).Detail;

    /// <summary>What a rule would have raised in the last day, and the chart of what it asks.</summary>
    public async Task<RulePreview> PreviewAsync(long pcode, string text, CancellationToken cancellationToken)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            TimeRange day = new(now - (long)TimeSpan.FromDays(1).TotalMilliseconds, now);
            BackTestResult result = await Rules.BackTestAsync(pcode, document.RootElement, day, _longestTest, cancellationToken);
            AlertRule rule = AlertRules.Read(document.RootElement);
            double threshold = rule.Condition.Threshold;
            return new RulePreview(result.Transitions, result.Detail, ChartOf(rule.Query, day), rule.Query, double.IsNaN(threshold) ? null : threshold);
        }
        catch (Exception wrong) when (wrong is DefinitionException or JsonException)
        {
            return new RulePreview([], Describe(wrong), null, null, null);
        }
    }

    /// <summary>Until when somebody silenced an alert of a project, as a moment; null when nobody did.</summary>
    public DateTimeOffset? SilencedUntil(long pcode, GroupView group) => Silences.Find(pcode, group.Labels, clock.GetUtcNow())?.To;

    /// <summary>Has nobody told of an alert for an hour; or says why not.</summary>
    public string? Silence(long pcode, GroupView group)
    {
        if (status.IsReadOnly)
        {
            return "Silences are deployed as files here (Alerting:ReadOnly).";
        }

        DateTimeOffset now = clock.GetUtcNow();
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteStartArray("matchers");
            foreach ((string label, string value) in group.Labels)
            {
                json.WriteStartObject();
                json.WriteString("label", label);
                json.WriteString("equals", value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteNumber("from", now.ToUnixTimeMilliseconds());
            json.WriteNumber("to", (now + _silence).ToUnixTimeMilliseconds());
            json.WriteString("comment", "From the page.");
            json.WriteEndObject();
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes.ToArray());
            Silences.Put(pcode, $"page-{now.ToUnixTimeMilliseconds()}", document.RootElement);
            return null;
        }
        catch (Exception fault) when (fault is DefinitionException or IOException or UnauthorizedAccessException)
        {
            return fault is DefinitionException ? fault.Message : "The silence can't be written now.";
        }
    }

    // The API's windows divide a day; those of rules need not.
    private static string ChartOf(RuleQuery query, TimeRange day)
    {
        string window = PageUrls.WindowOf(day, (int)Math.Clamp(day.To - day.From, 1, 86_400_000) / (int)Math.Max(60_000, query.Window.TotalMilliseconds)).Name;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"api/v1/aggregate?kind={query.Kind}&from={day.From}&to={day.To}&window={window}&measures={Uri.EscapeDataString(query.Measure)}&limit=100000")
            + (query.By.Length > 0 ? "&by=" + string.Join(',', query.By) : "")
            + string.Concat(query.Where.Select(where => "&where=" + Uri.EscapeDataString(where)));
    }

    private static string Describe(Exception wrong) => wrong is JsonException json
        ? string.Create(CultureInfo.InvariantCulture, $"This is no JSON: line {json.LineNumber + 1}, byte {json.BytePositionInLine + 1}.")
        : wrong.Message;
}

/// <summary>What a rule would do. Immutable.</summary>
/// <param name="Transitions">What it would have raised in the last day.</param>
/// <param name="Fault">Why that can't be told; null when it can.</param>
/// <param name="ChartUrl">What it asks, over the last day.</param>
/// <param name="Query">The same in parts.</param>
/// <param name="Threshold">Its threshold, where that is a number.</param>
public sealed record RulePreview(
    ImmutableArray<AlertTransition> Transitions, string? Fault, string? ChartUrl, RuleQuery? Query, double? Threshold);
